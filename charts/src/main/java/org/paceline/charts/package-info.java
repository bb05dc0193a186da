// SPDX-License-Identifier: Apache-2.0
/** Charts of what was measured, in one style. Knows nothing of what that is. */
package org.paceline.charts;
