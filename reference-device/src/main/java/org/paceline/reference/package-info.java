/**
 * The reference device: a small path tracer in pure Java, the worked example of {@link
 * org.paceline.api.device.RenderDevice}.
 *
 * <p>It renders triangles with smooth normals in five materials, lit by a sky and by emissive
 * triangles. On the host {@link org.paceline.reference.ReferenceScene} makes the scene buffers; on
 * the worker {@link org.paceline.reference.ReferenceDevice} checks and renders them; {@link
 * org.paceline.reference.Material}, {@link org.paceline.reference.Camera} and {@link
 * org.paceline.reference.Settings} define their bytes for both. World space is right-handed with y
 * up; radiance is linear RGB.
 *
 * <p>Same pixel, sample and seed give the same bits on every machine: arithmetic is {@code float}
 * with {@code Math.sqrt} and our own polynomial sine, random numbers are a hash of where they are
 * used, and no result depends on another thread's progress.
 */
package org.paceline.reference;
