/**
 * Measurements of the transports and of clusters that change, each beside a baseline or an ideal in
 * the same run. Runs by {@code mvn -q -pl benchmarks exec:exec}: {@link
 * org.paceline.benchmarks.TransportComparison} unless {@code -Dbenchmark.main} names another, such
 * as {@code org.openjdk.jmh.Main} for the JMH benchmarks, with {@code -Dbenchmark.args}. {@link
 * org.paceline.benchmarks.TransportsBench} is also {@code ./paceline bench transports}, {@link
 * org.paceline.benchmarks.ElasticBench} {@code ./paceline bench elastic}.
 */
package org.paceline.benchmarks;
