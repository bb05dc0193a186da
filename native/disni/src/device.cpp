// SPDX-License-Identifier: Apache-2.0

/* Device contexts, what can be asked of them, and protection domains. */

#include "handles.h"
#include "native_method.h"

namespace paceline {

namespace {

constexpr jlong NO_CONTEXT = -1;
constexpr jint NO_ODP = -1;

/* The connection manager opens each device once and keeps it, so each gets one handle, for good. */
jlong handle_of(ibv_context *context)
{
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  const int64_t known = contexts.handle_of(
      [&](const ibv_context *other) { return other == context; });
  return known != 0 ? known : contexts.add(context);
}

/* A listener on all addresses has none, and DiSNI asks for it on every connection request. */
jlong get_context(jlong id)
{
  ibv_context *context = ids.find(id)->verbs;
  return context ? handle_of(context) : NO_CONTEXT;
}

jint get_context_fd(jlong context)
{
  return contexts.find(context)->cmd_fd;
}

jint get_context_num_comp_vectors(jlong context)
{
  return contexts.find(context)->num_comp_vectors;
}

/* The on-demand paging capabilities of reliable connections, or -1 if there is none. */
jint query_odp_support(jlong context)
{
  ibv_device_attr_ex attributes = {};
  check_code(ibv_query_device_ex(contexts.find(context), nullptr, &attributes),
             "ibv_query_device_ex failed");
  const ibv_odp_caps &odp = attributes.odp_caps;
  return odp.general_caps & IBV_ODP_SUPPORT ? jint(odp.per_transport_caps.rc_odp_caps) : NO_ODP;
}

jlong alloc_pd(jlong context)
{
  return enter(protection_domains,
               check(ibv_alloc_pd(contexts.find(context)), "ibv_alloc_pd failed"),
               ibv_dealloc_pd);
}

void dealloc_pd(jlong pd)
{
  check_code(ibv_dealloc_pd(protection_domains.find(pd)), "ibv_dealloc_pd failed");
  protection_domains.remove(pd);
}

jint get_pd_handle(jlong pd)
{
  return jint(protection_domains.find(pd)->handle);
}

}  // namespace

NativeMethods device_methods()
{
  return {
      throwing<get_context>("_getContext"),
      throwing<get_context_fd>("_getContextFd"),
      throwing<get_context_num_comp_vectors>("_getContextNumCompVectors"),
      throwing<query_odp_support>("_queryOdpSupport"),
      throwing<alloc_pd>("_allocPd"),
      returning<dealloc_pd>("_deallocPd"),
      throwing<get_pd_handle>("_getPdHandle"),
  };
}

}  // namespace paceline
