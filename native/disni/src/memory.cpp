// SPDX-License-Identifier: Apache-2.0

/* Registered memory. */

#include "handles.h"
#include "native_method.h"

namespace paceline {

namespace {

ibv_mr *register_memory(ibv_pd *pd, void *address, size_t length, int access)
{
  // Not the macro of this name, which wants to know the flags when compiling.
  ibv_mr *region = (ibv_reg_mr)(pd, address, length, access);
  if (!region) {
    const int code = errno;
    std::string what = "can't register " + std::to_string(length) + " bytes of memory";
    if (code == ENOMEM) {
      what += ", perhaps for the limit on locked memory (ulimit -l)";
    }
    throw VerbsError(what, code);
  }
  return region;
}

jlong reg_mr(jlong pd_handle,
             jlong address,
             jint length,
             jint access,
             jlong lkey_result,
             jlong rkey_result,
             jlong handle_result)
{
  if (length < 0) {
    throw VerbsError("a memory region can't have " + std::to_string(length) + " bytes", EINVAL);
  }
  uint32_t *lkey = at<uint32_t>(lkey_result, "local key");
  uint32_t *rkey = at<uint32_t>(rkey_result, "remote key");
  uint32_t *kernel_handle = at<uint32_t>(handle_result, "region's handle");
  ibv_mr *region = register_memory(
      protection_domains.find(pd_handle), at<void>(address, "memory"), size_t(length), access);
  const jlong handle = enter(memory_regions, region, ibv_dereg_mr);
  *lkey = region->lkey;
  *rkey = region->rkey;
  *kernel_handle = region->handle;
  return handle;
}

void dereg_mr(jlong region)
{
  check_code(ibv_dereg_mr(memory_regions.find(region)), "ibv_dereg_mr failed");
  memory_regions.remove(region);
}

jint prefetch(jlong handle, jlong address, jint length)
{
  const ibv_mr *region = memory_regions.find(handle);
  ibv_sge part = {uint64_t(address), uint32_t(length), region->lkey};
  check_code(ibv_advise_mr(region->pd, IBV_ADVISE_MR_ADVICE_PREFETCH_WRITE, 0, &part, 1),
             "ibv_advise_mr failed");
  return 0;
}

}  // namespace

NativeMethods memory_methods()
{
  return {
      throwing<reg_mr>("_regMr"),
      throwing<dereg_mr>("_deregMr"),
      throwing<prefetch>("_expPrefetchMr"),
  };
}

}  // namespace paceline
