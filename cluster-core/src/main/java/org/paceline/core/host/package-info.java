/** The host's side of a session: links to workers, the pass scheduler, jobs. */
package org.paceline.core.host;
