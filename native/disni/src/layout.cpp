// SPDX-License-Identifier: Apache-2.0

/*
 * What DiSNI's Java side asks about the structures that it writes and reads itself, and what it
 * takes for granted about them. A rdma-core where any of this differs must not compile.
 */

#include <netinet/in.h>

#include <cstddef>

#include "handles.h"
#include "native_method.h"

namespace paceline {

namespace {

constexpr jint DISNI_VERSION = 32;

static_assert(sizeof(jlong) == sizeof(void *), "Java passes addresses as long");

static_assert(offsetof(sockaddr_in, sin_port) == 2 && offsetof(sockaddr_in, sin_addr) == 4);

static_assert(offsetof(ibv_sge, addr) == 0 && offsetof(ibv_sge, length) == 8 &&
              offsetof(ibv_sge, lkey) == 12 && sizeof(ibv_sge) == 16);

static_assert(offsetof(ibv_recv_wr, wr_id) == 0 && offsetof(ibv_recv_wr, next) == 8 &&
              offsetof(ibv_recv_wr, sg_list) == 16 && offsetof(ibv_recv_wr, num_sge) == 24);

static_assert(offsetof(ibv_send_wr, wr_id) == 0 && offsetof(ibv_send_wr, next) == 8 &&
              offsetof(ibv_send_wr, sg_list) == 16 && offsetof(ibv_send_wr, num_sge) == 24 &&
              offsetof(ibv_send_wr, opcode) == 28 && offsetof(ibv_send_wr, send_flags) == 32 &&
              offsetof(ibv_send_wr, imm_data) == 36);

static_assert(offsetof(ibv_wc, wr_id) == 0 && offsetof(ibv_wc, status) == 8 &&
              offsetof(ibv_wc, opcode) == 12 && offsetof(ibv_wc, vendor_err) == 16 &&
              offsetof(ibv_wc, byte_len) == 20 && offsetof(ibv_wc, imm_data) == 24 &&
              offsetof(ibv_wc, qp_num) == 28 && offsetof(ibv_wc, src_qp) == 32 &&
              offsetof(ibv_wc, wc_flags) == 36 && offsetof(ibv_wc, pkey_index) == 40 &&
              offsetof(ibv_wc, slid) == 42 && offsetof(ibv_wc, sl) == 44 &&
              offsetof(ibv_wc, dlid_path_bits) == 45);

static_assert(IBV_WC_SUCCESS == 0 && IBV_WC_WR_FLUSH_ERR == 5 && IBV_WC_GENERAL_ERR == 21);
static_assert(IBV_WC_SEND == 0 && IBV_WC_RDMA_WRITE == 1 && IBV_WC_RDMA_READ == 2 &&
              IBV_WC_RECV == 128 && IBV_WC_RECV_RDMA_WITH_IMM == 129);
static_assert(IBV_WR_RDMA_WRITE == 0 && IBV_WR_RDMA_WRITE_WITH_IMM == 1 && IBV_WR_SEND == 2 &&
              IBV_WR_SEND_WITH_IMM == 3 && IBV_WR_RDMA_READ == 4);
static_assert(IBV_SEND_FENCE == 1 && IBV_SEND_SIGNALED == 2 && IBV_SEND_SOLICITED == 4 &&
              IBV_SEND_INLINE == 8);
static_assert(IBV_ACCESS_LOCAL_WRITE == 1 && IBV_ACCESS_REMOTE_WRITE == 2 &&
              IBV_ACCESS_REMOTE_READ == 4 && IBV_ACCESS_ON_DEMAND == 64);
static_assert(IBV_QPT_RC == 2 && IBV_QPT_UC == 3 && IBV_QPT_UD == 4);
static_assert(RDMA_CM_EVENT_ADDR_RESOLVED == 0 && RDMA_CM_EVENT_CONNECT_REQUEST == 4 &&
              RDMA_CM_EVENT_ESTABLISHED == 9 && RDMA_CM_EVENT_DISCONNECTED == 10 &&
              RDMA_CM_EVENT_TIMEWAIT_EXIT == 15);

template<jint value> jint constant()
{
  return value;
}

}  // namespace

NativeMethods layout_methods()
{
  return {
      throwing<constant<DISNI_VERSION>>("_getVersion"),
      throwing<constant<sizeof(sockaddr_in)>>("_getSockAddrInSize"),
      throwing<constant<sizeof(ibv_recv_wr)>>("_getIbvRecvWRSize"),
      throwing<constant<sizeof(ibv_send_wr)>>("_getIbvSendWRSize"),
      throwing<constant<sizeof(ibv_sge)>>("_getIbvSgeSize"),
      throwing<constant<sizeof(ibv_wc)>>("_getIbvWCSize"),
      throwing<constant<offsetof(ibv_send_wr, wr.rdma.remote_addr)>>("_getRemoteAddressOffset"),
      throwing<constant<offsetof(ibv_send_wr, wr.rdma.rkey)>>("_getRKeyOffset"),
  };
}

}  // namespace paceline
