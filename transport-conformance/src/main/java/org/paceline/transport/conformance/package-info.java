// SPDX-License-Identifier: Apache-2.0
/** What every transport must do: tests that a transport module runs against itself. */
package org.paceline.transport.conformance;
