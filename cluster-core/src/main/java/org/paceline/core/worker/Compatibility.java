// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.device.DeviceIdentity;

/** Whether one side's bytes mean the same to the other. */
final class Compatibility {
  private static final String ANY_KERNELS = "auto";

  private Compatibility() {}

  /** Empty if they fit, else a sentence that says which side has to change. */
  static String mismatch(
      DeviceIdentity host, String hostKernels, DeviceIdentity worker, String workerKernels) {
    if (!host.renderer().equals(worker.renderer())) {
      return "the host's scene is for "
          + host.renderer()
          + ", this worker renders with "
          + worker.renderer()
          + "; start it with --device "
          + host.renderer();
    }
    if (!host.version().equals(worker.version())) {
      String older = host.version().compareTo(worker.version()) < 0 ? "host" : "worker";
      return "the host has "
          + host.renderer()
          + " "
          + host.version()
          + ", the worker "
          + worker.version()
          + "; upgrade the "
          + older;
    }
    if (!host.abi().equals(worker.abi())) {
      return "host and worker were built differently (host "
          + host.abi()
          + ", worker "
          + worker.abi()
          + "); install the same Paceline on both";
    }
    if (!hostKernels.equals(ANY_KERNELS) && !hostKernels.equals(workerKernels)) {
      return "the host wants "
          + hostKernels
          + " kernels, this worker has "
          + workerKernels
          + "; start it with --kernels "
          + hostKernels;
    }
    return "";
  }
}
