// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import org.paceline.api.ClusterConfig;
import org.paceline.api.RenderCluster;

/** How {@link RenderCluster#open} finds this module. */
public final class ClusterProvider implements RenderCluster.Provider {
  @Override
  public RenderCluster open(ClusterConfig config) {
    return new LocalCluster(config);
  }
}
