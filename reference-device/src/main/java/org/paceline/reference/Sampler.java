// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

/**
 * Random numbers as a hash of (pixel, sample, dimension, seed), so that a sample is the same
 * wherever and in whatever order it is rendered.
 *
 * <p>The hash is pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020.
 */
final class Sampler {
  private static final float TO_UNIT = 0x1p-24f;

  private int pixel;
  private int sample;
  private int seed;
  private int dimension;
  private int second;
  private int third;
  private int fourth;

  /** Starts a sample of the pixel (x, y), both below 65536. */
  void start(int x, int y, int newSample, int newSeed) {
    pixel = x | y << 16;
    sample = newSample;
    seed = newSeed;
    dimension = 0;
  }

  /** The next number in [0, 1). */
  float next() {
    int bits;
    switch (dimension++ & 3) {
      case 0 -> bits = hash();
      case 1 -> bits = second;
      case 2 -> bits = third;
      default -> bits = fourth;
    }
    return (bits >>> 8) * TO_UNIT;
  }

  private int hash() {
    int a = pixel * 1664525 + 1013904223;
    int b = sample * 1664525 + 1013904223;
    int c = dimension * 1664525 + 1013904223;
    int d = seed * 1664525 + 1013904223;
    a += b * d;
    b += c * a;
    c += a * b;
    d += b * c;
    a ^= a >>> 16;
    b ^= b >>> 16;
    c ^= c >>> 16;
    d ^= d >>> 16;
    a += b * d;
    b += c * a;
    second = b;
    third = c + a * b;
    fourth = d + b * third;
    return a;
  }
}
