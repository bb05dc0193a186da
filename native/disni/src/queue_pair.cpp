// SPDX-License-Identifier: Apache-2.0

/* Queue pairs, and posting work to them. */

#include "handles.h"
#include "native_method.h"

namespace paceline {

namespace {

/* DiSNI doesn't say how many parts a work request may have; devices allow a few at least. */
constexpr uint32_t MAX_PARTS = 4;

jlong create_qp(jlong id_handle,
                jlong pd,
                jlong send_queue,
                jlong receive_queue,
                jint type,
                jint max_sends,
                jint max_receives,
                jint max_inline)
{
  if (max_sends < 0 || max_receives < 0 || max_inline < 0) {
    throw VerbsError("a queue pair's sizes can't be negative", EINVAL);
  }
  rdma_cm_id *id = ids.find(id_handle);
  ibv_qp_init_attr attributes = {};
  attributes.send_cq = completion_queues.find(send_queue);
  attributes.recv_cq = completion_queues.find(receive_queue);
  attributes.qp_type = ibv_qp_type(type);
  attributes.cap.max_send_wr = uint32_t(max_sends);
  attributes.cap.max_recv_wr = uint32_t(max_receives);
  attributes.cap.max_send_sge = MAX_PARTS;
  attributes.cap.max_recv_sge = MAX_PARTS;
  attributes.cap.max_inline_data = uint32_t(max_inline);
  check(rdma_create_qp(id, protection_domains.find(pd), &attributes), "rdma_create_qp failed");
  const jlong handle = enter(queue_pairs, id->qp, [&](ibv_qp *) { rdma_destroy_qp(id); });
  id->qp->qp_context = as_context(handle);
  return handle;
}

/* DiSNI 2.1 passes none of the attributes on, so there is nothing that could be done. */
jint modify_qp(jlong qp, jlong)
{
  queue_pairs.find(qp);
  throw VerbsError("modifyQP is not supported by DiSNI's Java side", ENOTSUP);
}

jint get_qp_num(jlong qp)
{
  return jint(queue_pairs.find(qp)->qp_num);
}

void post_send(jlong qp, jlong requests)
{
  ibv_send_wr *first = at<ibv_send_wr>(requests, "send requests");
  ibv_send_wr *failed = nullptr;
  check_code(ibv_post_send(queue_pairs.find(qp), first, &failed), "ibv_post_send failed");
}

void post_recv(jlong qp, jlong requests)
{
  ibv_recv_wr *first = at<ibv_recv_wr>(requests, "receive requests");
  ibv_recv_wr *failed = nullptr;
  check_code(ibv_post_recv(queue_pairs.find(qp), first, &failed), "ibv_post_recv failed");
}

}  // namespace

NativeMethods queue_pair_methods()
{
  return {
      throwing<create_qp>("_createQP"),
      throwing<modify_qp>("_modifyQP"),
      throwing<get_qp_num>("_getQpNum"),
      throwing<post_send>("_postSend"),
      throwing<post_recv>("_postRecv"),
  };
}

}  // namespace paceline
