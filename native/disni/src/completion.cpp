// SPDX-License-Identifier: Apache-2.0

/* Completion channels and completion queues. */

#include "handles.h"
#include "native_method.h"
#include "wait.h"

namespace paceline {

namespace {

constexpr jint NO_EVENT = -1;

jlong create_comp_channel(jlong context)
{
  ibv_comp_channel *channel = check(ibv_create_comp_channel(contexts.find(context)),
                                    "ibv_create_comp_channel failed");
  set_non_blocking(channel->fd);
  return enter(completion_channels, channel, ibv_destroy_comp_channel);
}

void destroy_comp_channel(jlong channel)
{
  check_code(ibv_destroy_comp_channel(completion_channels.find(channel)),
             "ibv_destroy_comp_channel failed");
  completion_channels.remove(channel);
}

jlong create_cq(jlong context_handle, jlong channel_handle, jint entries, jint vector)
{
  ibv_context *context = contexts.find(context_handle);
  ibv_comp_channel *channel = completion_channels.find(channel_handle);
  if (channel->context != context) {
    throw VerbsError("the completion channel belongs to another device", EINVAL);
  }
  ibv_cq *queue = check(ibv_create_cq(context, entries, nullptr, channel, vector),
                        "ibv_create_cq failed");
  return enter(completion_queues, queue, ibv_destroy_cq);
}

void destroy_cq(jlong queue)
{
  check_code(ibv_destroy_cq(completion_queues.find(queue)), "ibv_destroy_cq failed");
  completion_queues.remove(queue);
}

jint req_notify_cq(jlong queue, jint solicited_only)
{
  check_code(ibv_req_notify_cq(completion_queues.find(queue), solicited_only),
             "ibv_req_notify_cq failed");
  return 0;
}

/* Acknowledged here: destroying a queue would wait for ever for a caller who forgot. */
jint get_cq_event(jlong channel_handle, jint timeout_ms)
{
  ibv_comp_channel *channel = completion_channels.find(channel_handle);
  ibv_cq *queue = nullptr;
  void *context = nullptr;
  if (!wait_readable(channel->fd, timeout_ms)) {
    return NO_EVENT;
  }
  if (ibv_get_cq_event(channel, &queue, &context) != 0) {
    if (errno == EAGAIN || errno == EINTR) {
      return NO_EVENT;
    }
    throw VerbsError("ibv_get_cq_event failed", errno);
  }
  ibv_ack_cq_events(queue, 1);
  return 0;
}

void ack_cq_event(jlong queue, jint)
{
  completion_queues.find(queue);
}

jint poll_cq(jlong queue, jint most, jlong result)
{
  const int count = ibv_poll_cq(
      completion_queues.find(queue), most, at<ibv_wc>(result, "completions to fill in"));
  if (count < 0) {
    throw VerbsError("ibv_poll_cq failed", -count);
  }
  return count;
}

}  // namespace

NativeMethods completion_methods()
{
  return {
      throwing<create_comp_channel>("_createCompChannel"),
      returning<destroy_comp_channel>("_destroyCompChannel"),
      throwing<create_cq>("_createCQ"),
      returning<destroy_cq>("_destroyCQ"),
      throwing<req_notify_cq>("_reqNotifyCQ"),
      throwing<get_cq_event>("_getCqEvent"),
      returning<ack_cq_event>("_ackCqEvent"),
      throwing<poll_cq>("_pollCQ"),
  };
}

}  // namespace paceline
