/**
 * Measurements of the transports, each beside a baseline in the same run. Runs by {@code mvn -q -pl
 * benchmarks exec:exec}: {@link org.paceline.benchmarks.TransportComparison} unless {@code
 * -Dbenchmark.main} names another, such as {@code org.openjdk.jmh.Main} for the JMH benchmarks,
 * with {@code -Dbenchmark.args}. {@link org.paceline.benchmarks.TransportsBench} is also {@code
 * ./paceline bench transports}.
 */
package org.paceline.benchmarks;
