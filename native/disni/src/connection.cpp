// SPDX-License-Identifier: Apache-2.0

/* Event channels, connection ids and the connection manager's events. */

#include <netinet/in.h>

#include <cstring>

#include "handles.h"
#include "native_method.h"
#include "wait.h"

namespace paceline {

namespace {

/* Of an RDMA_PS_TCP connect, after what the connection manager needs itself. */
constexpr int MAX_PRIVATE_DATA = 56;
/* Both counts are 3 bits on the wire. */
constexpr int MAX_RETRIES = 7;
constexpr jlong NO_ID = -1;

jlong create_event_channel()
{
  rdma_event_channel *channel = check(rdma_create_event_channel(),
                                      "can't open the RDMA connection manager");
  set_non_blocking(channel->fd);
  return enter(event_channels, channel, rdma_destroy_event_channel);
}

void destroy_event_channel(jlong handle)
{
  rdma_event_channel *channel = event_channels.find(handle);
  // An id would go on using the channel's file descriptor, which may be another file by then.
  if (ids.handle_of([&](const rdma_cm_id *id) { return id->channel == channel; }) != 0) {
    throw VerbsError("the event channel still has connection ids", EBUSY);
  }
  event_channels.remove(handle);
  rdma_destroy_event_channel(channel);
}

jlong enter_id(rdma_cm_id *id)
{
  const jlong handle = enter(ids, id, rdma_destroy_id);
  id->context = as_context(handle);
  return handle;
}

jlong create_id(jlong channel, jshort port_space)
{
  rdma_cm_id *id = nullptr;
  check(rdma_create_id(event_channels.find(channel), &id, nullptr, rdma_port_space(port_space)),
        "rdma_create_id failed");
  return enter_id(id);
}

/* Most calls of the connection manager follow id->verbs without a look. */
rdma_cm_id *find_id_with_device(jlong handle)
{
  rdma_cm_id *id = ids.find(handle);
  if (!id->verbs) {
    throw VerbsError("the connection id has no device; bind it or resolve its address first",
                     EINVAL);
  }
  return id;
}

void bind_addr(jlong id, jlong address)
{
  check(rdma_bind_addr(ids.find(id), at<sockaddr>(address, "address to bind to")),
        "rdma_bind_addr failed");
}

void listen_on(jlong id, jint backlog)
{
  check(rdma_listen(ids.find(id), backlog), "rdma_listen failed");
}

void resolve_addr(jlong id, jlong source, jlong destination, jint timeout_ms)
{
  check(rdma_resolve_addr(ids.find(id),
                          reinterpret_cast<sockaddr *>(source),
                          at<sockaddr>(destination, "destination"),
                          timeout_ms),
        "rdma_resolve_addr failed");
}

void resolve_route(jlong id, jint timeout_ms)
{
  check(rdma_resolve_route(find_id_with_device(id), timeout_ms), "rdma_resolve_route failed");
}

uint8_t retries(jint count)
{
  if (count < 0 || count > MAX_RETRIES) {
    throw VerbsError("a retry count of " + std::to_string(count) + " is not in 0..7", EINVAL);
  }
  return uint8_t(count);
}

rdma_conn_param connection_parameters(jint retry_count, jint rnr_retry_count)
{
  rdma_conn_param parameters = {};
  parameters.responder_resources = RDMA_MAX_RESP_RES;
  parameters.initiator_depth = RDMA_MAX_INIT_DEPTH;
  parameters.retry_count = retries(retry_count);
  parameters.rnr_retry_count = retries(rnr_retry_count);
  return parameters;
}

void connect(jlong id,
             jint retry_count,
             jint rnr_retry_count,
             jlong private_data,
             jbyte private_data_length)
{
  rdma_conn_param parameters = connection_parameters(retry_count, rnr_retry_count);
  if (private_data_length < 0 || private_data_length > MAX_PRIVATE_DATA) {
    throw VerbsError("private data is at most 56 bytes, not " + std::to_string(private_data_length),
                     EINVAL);
  }
  if (private_data_length > 0) {
    parameters.private_data = at<void>(private_data, "private data");
    parameters.private_data_len = uint8_t(private_data_length);
  }
  check(rdma_connect(find_id_with_device(id), &parameters), "rdma_connect failed");
}

void accept(jlong id, jint retry_count, jint rnr_retry_count)
{
  rdma_conn_param parameters = connection_parameters(retry_count, rnr_retry_count);
  check(rdma_accept(find_id_with_device(id), &parameters), "rdma_accept failed");
}

void disconnect(jlong id)
{
  check(rdma_disconnect(find_id_with_device(id)), "rdma_disconnect failed");
}

void destroy_qp(jlong handle)
{
  rdma_cm_id *id = ids.find(handle);
  if (!id->qp) {
    throw VerbsError("the connection id has no queue pair", EINVAL);
  }
  queue_pairs.remove(handle_in(id->qp->qp_context));
  rdma_destroy_qp(id);
}

void destroy_id(jlong handle)
{
  rdma_cm_id *id = ids.find(handle);
  // Nobody could name the queue pair any more.
  if (id->qp) {
    destroy_qp(handle);
  }
  ids.remove(handle);
  check(rdma_destroy_id(id), "rdma_destroy_id failed");
}

/*
 * Acknowledged here, because DiSNI's acknowledgement doesn't name the event; destroying an id waits
 * for all of its events to be acknowledged.
 */
jint get_cm_event(jlong channel_handle, jlong listener_result, jlong id_result, jint timeout_ms)
{
  rdma_event_channel *channel = event_channels.find(channel_handle);
  jlong *listener = at<jlong>(listener_result, "listener's handle");
  jlong *client = at<jlong>(id_result, "connection's handle");
  rdma_cm_event *event = nullptr;
  if (!wait_readable(channel->fd, timeout_ms)) {
    return -1;
  }
  if (rdma_get_cm_event(channel, &event) != 0) {
    if (errno == EAGAIN || errno == EINTR) {
      return -1;
    }
    throw VerbsError("rdma_get_cm_event failed", errno);
  }
  const jint type = event->event;
  rdma_cm_id *id = event->id;
  *listener = event->listen_id ? handle_in(event->listen_id->context) : NO_ID;
  *client = handle_in(id->context);
  rdma_ack_cm_event(event);
  if (type == RDMA_CM_EVENT_CONNECT_REQUEST) {
    // A new id that came with its listener's context.
    *client = enter_id(id);
  }
  return type;
}

void ack_cm_event(jint) {}

void copy_address(const sockaddr *address, jlong result)
{
  if (address->sa_family != AF_INET) {
    throw VerbsError("the connection id has no IPv4 address", EAFNOSUPPORT);
  }
  memcpy(at<void>(result, "address to fill in"), address, sizeof(sockaddr_in));
}

void get_src_addr(jlong id, jlong result)
{
  copy_address(rdma_get_local_addr(ids.find(id)), result);
}

void get_dst_addr(jlong id, jlong result)
{
  copy_address(rdma_get_peer_addr(ids.find(id)), result);
}

}  // namespace

NativeMethods connection_methods()
{
  return {
      throwing<create_event_channel>("_createEventChannel"),
      returning<destroy_event_channel>("_destroyEventChannel"),
      throwing<create_id>("_createId"),
      throwing<bind_addr>("_bindAddr"),
      throwing<listen_on>("_listen"),
      throwing<resolve_addr>("_resolveAddr"),
      throwing<resolve_route>("_resolveRoute"),
      throwing<connect>("_connect"),
      throwing<accept>("_accept"),
      returning<disconnect>("_disconnect"),
      returning<destroy_qp>("_destroyQP"),
      returning<destroy_id>("_destroyCmId"),
      returning<destroy_id>("_destroyEp"),
      throwing<get_cm_event>("_getCmEvent"),
      returning<ack_cm_event>("_ackCmEvent"),
      returning<get_src_addr>("_getSrcAddr"),
      returning<get_dst_addr>("_getDstAddr"),
  };
}

}  // namespace paceline
