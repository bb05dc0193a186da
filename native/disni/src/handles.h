// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>

#include <memory>

#include "handle_table.h"

namespace paceline {

/*
 * All that Java holds. rdma_cm_id::context and ibv_qp::qp_context carry the object's own handle, so
 * that an event, or the id of a queue pair, leads back to it.
 */
inline HandleTable<rdma_event_channel> event_channels(1, "event channel");
inline HandleTable<rdma_cm_id> ids(2, "connection id");
inline HandleTable<ibv_context> contexts(3, "device context");
inline HandleTable<ibv_pd> protection_domains(4, "protection domain");
inline HandleTable<ibv_comp_channel> completion_channels(5, "completion channel");
inline HandleTable<ibv_cq> completion_queues(6, "completion queue");
inline HandleTable<ibv_qp> queue_pairs(7, "queue pair");
inline HandleTable<ibv_mr> memory_regions(8, "memory region");

/* Enters a new object; destroys it when the table is full. */
template<typename Object, typename Destroy>
int64_t enter(HandleTable<Object> &table, Object *object, Destroy destroy)
{
  std::unique_ptr<Object, Destroy> owner(object, destroy);
  const int64_t handle = table.add(object);
  owner.release();
  return handle;
}

inline int64_t handle_in(const void *context)
{
  return reinterpret_cast<int64_t>(context);
}

inline void *as_context(int64_t handle)
{
  return reinterpret_cast<void *>(handle);
}

/* Addresses that Java passes as numbers. */
template<typename Object> Object *at(int64_t address, const char *noun)
{
  if (address == 0) {
    throw VerbsError(std::string("no address of the ") + noun, EINVAL);
  }
  return reinterpret_cast<Object *>(address);
}

}  // namespace paceline
