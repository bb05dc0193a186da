// SPDX-License-Identifier: Apache-2.0

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Makes what the example scenes need and what is too large to keep in the repository: textures, skies and the
 * scene with more than a million triangles. Needs a JDK and nothing else, and writes the same bytes every time.
 *
 * <pre>java examples/GenerateScenes.java [OUTPUT_DIR] [--studiolights DIR] [--shapes DIR]</pre>
 *
 * The default output directory is {@code generated} beside this file's scenes, where they look for it.
 * {@code --studiolights} takes Blender's {@code release/datafiles/studiolights/world} and copies the skies the
 * scenes use; without it, procedural skies of the same names are written. {@code --shapes} rewrites the small
 * meshes that the scenes include.
 */
public final class GenerateScenes {

    private static final List<String> SKIES = List.of("forest.exr", "sunset.exr");

    private GenerateScenes() {}

    public static void main(String[] args) throws IOException {
        Path out = Path.of("examples", "generated");
        Path studioLights = null;
        Path shapes = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith("--")) {
                if (!List.of("--studiolights", "--shapes").contains(args[i]) || i + 1 == args.length) {
                    usage("cannot use " + args[i]);
                }
                Path value = Path.of(args[i + 1]);
                if (args[i].equals("--shapes")) {
                    shapes = value;
                } else {
                    studioLights = value;
                }
                i++;
            } else {
                out = Path.of(args[i]);
            }
        }
        if (shapes != null) {
            Shapes.writeAll(Files.createDirectories(shapes));
        }
        Files.createDirectories(out);
        Textures.writeAll(out);
        for (String sky : SKIES) {
            Path target = out.resolve(sky);
            if (studioLights == null) {
                Skies.write(sky, target);
            } else if (Files.isRegularFile(studioLights.resolve(sky))) {
                Files.copy(studioLights.resolve(sky), target, StandardCopyOption.REPLACE_EXISTING);
            } else {
                usage("no " + sky + " in " + studioLights);
            }
        }
        Landscape.write(out);
        System.out.println("Wrote the generated parts of the example scenes to " + out);
    }

    private static void usage(String problem) {
        System.err.println(problem);
        System.err.println("usage: java examples/GenerateScenes.java [OUTPUT_DIR] [--studiolights DIR] [--shapes DIR]");
        System.exit(2);
    }

    // ---------------------------------------------------------------------------------------------- meshes

    /** A point of a parametric surface, and of everything else with three parts. */
    private record Vec(double x, double y, double z) {
        Vec plus(Vec o) {
            return new Vec(x + o.x, y + o.y, z + o.z);
        }

        Vec times(double s) {
            return new Vec(x * s, y * s, z * s);
        }

        double dot(Vec o) {
            return x * o.x + y * o.y + z * o.z;
        }

        Vec cross(Vec o) {
            return new Vec(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
        }

        Vec unit() {
            return times(1 / Math.sqrt(dot(this)));
        }
    }

    private interface Surface {
        Vec at(double u, double v);
    }

    /** Polygons over shared vertices, written as one {@code <mesh>} of Cycles' XML. */
    private static final class Mesh {
        private final List<Vec> points = new ArrayList<>();
        private final List<int[]> faces = new ArrayList<>();
        private final List<double[]> uvs = new ArrayList<>();
        private String subdivision;

        /** How Cycles is to dice this mesh: "catmull-clark" or "linear". */
        Mesh diced(String how) {
            subdivision = how;
            return this;
        }

        int point(Vec p) {
            points.add(p);
            return points.size() - 1;
        }

        void face(int... corners) {
            faces.add(corners);
        }

        /** A face with one (u, v) pair for each corner. */
        void texturedFace(int[] corners, double... uv) {
            faces.add(corners);
            uvs.add(uv);
        }

        /** Quads over u, v in [0, 1], facing u x v, closed on themselves where {@code wrap} says so. */
        static Mesh grid(int nu, int nv, boolean wrapU, boolean wrapV, boolean textured, Surface surface) {
            Mesh mesh = new Mesh();
            int rows = wrapV ? nv : nv + 1;
            int columns = wrapU ? nu : nu + 1;
            for (int j = 0; j < rows; j++) {
                for (int i = 0; i < columns; i++) {
                    mesh.point(surface.at((double) i / nu, (double) j / nv));
                }
            }
            for (int j = 0; j < nv; j++) {
                for (int i = 0; i < nu; i++) {
                    int right = (i + 1) % columns;
                    int up = (j + 1) % rows;
                    int[] quad = {j * columns + i, j * columns + right, up * columns + right, up * columns + i};
                    if (textured) {
                        double u0 = (double) i / nu;
                        double u1 = (double) (i + 1) / nu;
                        double v0 = (double) j / nv;
                        double v1 = (double) (j + 1) / nv;
                        mesh.texturedFace(quad, u0, v0, u1, v0, u1, v1, u0, v1);
                    } else {
                        mesh.face(quad);
                    }
                }
            }
            return mesh;
        }

        void write(Path file, String comment) throws IOException {
            try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
                out.write("<!-- " + comment + " -->\n<cycles>\n<mesh");
                if (subdivision != null) {
                    out.write(" subdivision=\"" + subdivision + "\"");
                }
                Row row = new Row(out, "P");
                for (Vec p : points) {
                    row.add(number(p.x) + " " + number(p.y) + " " + number(p.z));
                }
                row.close();
                row = new Row(out, "nverts");
                for (int[] face : faces) {
                    row.add(Integer.toString(face.length));
                }
                row.close();
                row = new Row(out, "verts");
                for (int[] face : faces) {
                    for (int corner : face) {
                        row.add(Integer.toString(corner));
                    }
                }
                row.close();
                if (!uvs.isEmpty()) {
                    row = new Row(out, "UV");
                    for (double[] uv : uvs) {
                        for (double value : uv) {
                            row.add(number(value));
                        }
                    }
                    row.close();
                }
                out.write("/>\n</cycles>\n");
            }
        }

        private static String number(double value) {
            long scaled = Math.round(Math.abs(value) * 10_000);
            String sign = value < 0 && scaled != 0 ? "-" : "";
            long fraction = scaled % 10_000;
            if (fraction == 0) {
                return sign + scaled / 10_000;
            }
            int digits = 4;
            while (fraction % 10 == 0) {
                fraction /= 10;
                digits--;
            }
            String text = Long.toString(fraction);
            return sign + scaled / 10_000 + "." + "0".repeat(digits - text.length()) + text;
        }

        /** One XML attribute with many values, broken into lines. */
        private static final class Row {
            private final BufferedWriter out;
            private int column;

            Row(BufferedWriter out, String name) throws IOException {
                this.out = out;
                out.write("\n  " + name + "=\"");
            }

            void add(String value) throws IOException {
                if (column + value.length() > 110) {
                    out.write("\n  ");
                    column = 0;
                } else if (column > 0) {
                    out.write(" ");
                }
                out.write(value);
                column += value.length() + 1;
            }

            void close() throws IOException {
                out.write("\"");
            }
        }
    }

    private static final class Shapes {
        static void writeAll(Path dir) throws IOException {
            Mesh.grid(1, 1, false, false, true, (u, v) -> new Vec(2 * u - 1, 2 * v - 1, 0))
                    .write(dir.resolve("plane.xml"), "A square from (-1, -1, 0) to (1, 1, 0), facing +z");
            cube().write(dir.resolve("cube.xml"), "A cube from (-1, -1, -1) to (1, 1, 1), textured on each side");
            Mesh.grid(40, 20, true, false, true, (u, v) -> {
                double rise = Math.PI * v;
                return lathe(u, StrictMath.sin(rise), -StrictMath.cos(rise));
            }).write(dir.resolve("sphere.xml"), "A sphere of radius 1, textured by longitude and latitude");
            Mesh.grid(48, 16, true, true, false, (u, v) -> {
                double angle = 2 * Math.PI * v;
                return lathe(u, 1 + 0.32 * StrictMath.cos(angle), 0.32 * StrictMath.sin(angle));
            }).write(dir.resolve("torus.xml"), "A ring of radius 1 and thickness 0.32 around z");
            Mesh.grid(64, 8, true, true, false, (u, v) -> {
                double angle = 2 * Math.PI * v;
                return lathe(u, 1 + 0.05 * StrictMath.cos(angle), 0.05 * StrictMath.sin(angle));
            }).write(dir.resolve("ring.xml"), "A ring of radius 1 and thickness 0.05 around z");
            Mesh.grid(160, 12, true, true, false, Shapes::knot)
                    .write(dir.resolve("knot.xml"), "A (2, 3) torus knot of radius 1");
            Mesh.grid(36, 5, true, true, false, Shapes::knot)
                    .write(dir.resolve("knot_cage.xml"), "The same knot in few faces");
            Mesh.grid(36, 5, true, true, false, Shapes::knot)
                    .diced("catmull-clark")
                    .write(dir.resolve("knot_catmull_clark.xml"), "The knot of few faces, subdivided");
            cubeSphere(14)
                    .diced("catmull-clark")
                    .write(dir.resolve("sphere_catmull_clark.xml"), "A sphere of radius 1 from six squares, subdivided");
            Mesh.grid(44, 44, false, false, false, (u, v) -> new Vec(2 * u - 1, 2 * v - 1, 0))
                    .diced("linear")
                    .write(dir.resolve("plane_linear.xml"), "The square of plane.xml, diced for displacement");
            Mesh.grid(24, 24, true, false, false, Shapes::block)
                    .write(dir.resolve("block.xml"), "A cube with round edges, between -1 and 1");
            turned(48, true, GOBLET_OUTSIDE, GOBLET_INSIDE)
                    .write(dir.resolve("goblet.xml"), "A goblet standing on z = 0, 2 high, a closed skin of glass");
            turned(48, true, GOBLET_WINE)
                    .write(dir.resolve("wine.xml"), "What is in the goblet, a little larger than its hollow");
            turned(40, true, VASE_OUTSIDE, VASE_INSIDE)
                    .write(dir.resolve("vase.xml"), "A vase standing on z = 0, 2 high");
            turned(24, true, COLUMN).write(dir.resolve("column.xml"), "A column standing on z = 0, 4 high");
        }

        private static final double[][] GOBLET_OUTSIDE = {
            {0, 0}, {0.3, 0}, {0.56, 0.005}, {0.6, 0.03}, {0.56, 0.055}, {0.35, 0.08}, {0.16, 0.13}, {0.085, 0.25},
            {0.07, 0.5}, {0.075, 0.72}, {0.13, 0.86}, {0.32, 0.98}, {0.5, 1.14}, {0.6, 1.34}, {0.62, 1.54},
            {0.58, 1.76}, {0.51, 1.97}
        };
        private static final double[][] GOBLET_INSIDE = {
            {0.5, 1.985}, {0.485, 1.97}, {0.55, 1.76}, {0.59, 1.54}, {0.57, 1.35}, {0.47, 1.17}, {0.3, 1.03},
            {0.12, 0.95}, {0, 0.93}
        };
        private static final double[][] GOBLET_WINE = {
            {0, 0.926}, {0.123, 0.946}, {0.304, 1.026}, {0.474, 1.167}, {0.574, 1.348}, {0.591, 1.48}, {0.588, 1.5},
            {0.3, 1.5}, {0, 1.5}
        };
        private static final double[][] VASE_OUTSIDE = {
            {0, 0}, {0.3, 0}, {0.38, 0.02}, {0.5, 0.2}, {0.64, 0.5}, {0.7, 0.8}, {0.64, 1.1}, {0.46, 1.4}, {0.3, 1.6},
            {0.26, 1.74}, {0.32, 1.9}, {0.42, 1.99}
        };
        private static final double[][] VASE_INSIDE = {
            {0.41, 2}, {0.28, 1.9}, {0.22, 1.74}, {0.26, 1.6}, {0.42, 1.38}, {0.6, 1.08}, {0.66, 0.8}, {0.6, 0.5},
            {0.46, 0.22}, {0, 0.1}
        };
        private static final double[][] COLUMN = {
            {0, 0}, {0.6, 0}, {0.6, 0.15}, {0.5, 0.2}, {0.55, 0.28}, {0.5, 0.36}, {0.42, 0.42}, {0.42, 1.2}, {0.4, 2.4},
            {0.36, 3.55}, {0.46, 3.62}, {0.42, 3.7}, {0.55, 3.82}, {0.6, 3.85}, {0.6, 4}, {0, 4}
        };

        private static Vec lathe(double turn, double radius, double z) {
            double angle = 2 * Math.PI * turn;
            return new Vec(radius * StrictMath.cos(angle), radius * StrictMath.sin(angle), z);
        }

        /** A profile of (radius, height), bottom centre first, turned around z. */
        private static Mesh turned(int sides, boolean smoothly, double[][]... parts) {
            List<double[]> profile = new ArrayList<>();
            for (double[][] part : parts) {
                profile.addAll(List.of(part));
            }
            int last = profile.size() - 1;
            return Mesh.grid(sides, last, smoothly, false, false, (u, v) -> {
                double[] p = profile.get((int) Math.round(v * last));
                return lathe(u, p[0], p[1]);
            });
        }

        private static Mesh cube() {
            Mesh mesh = new Mesh();
            for (int i = 0; i < 8; i++) {
                mesh.point(new Vec((i & 1) * 2 - 1, (i >> 1 & 1) * 2 - 1, (i >> 2 & 1) * 2 - 1));
            }
            int[][] sides = {
                {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}, {4, 5, 7, 6}, {2, 3, 1, 0}
            };
            for (int[] side : sides) {
                mesh.texturedFace(side, 0, 0, 1, 0, 1, 1, 0, 1);
            }
            return mesh;
        }

        private static Mesh cubeSphere(int n) {
            Mesh mesh = new Mesh();
            Map<String, Integer> shared = new HashMap<>();
            for (int side = 0; side < 6; side++) {
                int[][] index = new int[n + 1][n + 1];
                for (int j = 0; j <= n; j++) {
                    for (int i = 0; i <= n; i++) {
                        double a = StrictMath.tan(Math.PI / 4 * (2.0 * i / n - 1));
                        double b = StrictMath.tan(Math.PI / 4 * (2.0 * j / n - 1));
                        double c = side % 2 == 0 ? 1 : -1;
                        Vec p = switch (side / 2) {
                            case 0 -> new Vec(c, c * a, b);
                            case 1 -> new Vec(b, c, c * a);
                            default -> new Vec(c * a, b, c);
                        };
                        Vec onSphere = p.unit();
                        String key = String.format(
                                Locale.ROOT, "%.6f %.6f %.6f", onSphere.x + 0.0, onSphere.y + 0.0, onSphere.z + 0.0);
                        index[j][i] = shared.computeIfAbsent(key, unseen -> mesh.point(onSphere));
                    }
                }
                for (int j = 0; j < n; j++) {
                    for (int i = 0; i < n; i++) {
                        mesh.face(index[j][i], index[j][i + 1], index[j + 1][i + 1], index[j + 1][i]);
                    }
                }
            }
            return mesh;
        }

        private static Vec knot(double u, double v) {
            Vec here = knotLine(u);
            Vec ahead = knotLine(u + 1e-4).plus(here.times(-1)).unit();
            Vec side = ahead.cross(new Vec(0, 0, 1)).unit();
            Vec up = side.cross(ahead);
            double angle = -2 * Math.PI * v;
            return here.plus(side.times(0.17 * StrictMath.cos(angle))).plus(up.times(0.17 * StrictMath.sin(angle)));
        }

        private static Vec knotLine(double u) {
            double t = 2 * Math.PI * u;
            double radius = (2 + StrictMath.cos(3 * t)) / 3.2;
            double lift = 0.32 * StrictMath.sin(3 * t);
            return new Vec(radius * StrictMath.cos(2 * t), radius * StrictMath.sin(2 * t), lift);
        }

        private static Vec block(double u, double v) {
            double around = 2 * Math.PI * u;
            double rise = Math.PI * (v - 0.5);
            return new Vec(
                    rounded(StrictMath.cos(rise)) * rounded(StrictMath.cos(around)),
                    rounded(StrictMath.cos(rise)) * rounded(StrictMath.sin(around)),
                    rounded(StrictMath.sin(rise)));
        }

        /** The exponent of a superellipsoid: between a sphere (1) and a cube (0). */
        private static double rounded(double value) {
            return Math.signum(value) * StrictMath.pow(Math.abs(value), 0.25);
        }
    }

    // ------------------------------------------------------------------------------------- textures and skies

    /** Gradient noise (Perlin, "Improving noise", 2002) in two dimensions that repeats after {@code period}. */
    private static double noise(double x, double y, int period, int seed) {
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        double fx = x - x0;
        double fy = y - y0;
        double sx = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
        double sy = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
        double southWest = slope(x0, y0, fx, fy, period, seed);
        double southEast = slope(x0 + 1, y0, fx - 1, fy, period, seed);
        double northWest = slope(x0, y0 + 1, fx, fy - 1, period, seed);
        double northEast = slope(x0 + 1, y0 + 1, fx - 1, fy - 1, period, seed);
        return mix(mix(southWest, southEast, sx), mix(northWest, northEast, sx), sy);
    }

    private static double slope(int x, int y, double dx, double dy, int period, int seed) {
        int h = Math.floorMod(x, period) * 0x27d4eb2d ^ Math.floorMod(y, period) * 0x165667b1 ^ seed * 0x9e3779b1;
        h = (h ^ h >>> 15) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        double angle = (h >>> 8) * (2 * Math.PI / (1 << 24));
        return dx * StrictMath.cos(angle) + dy * StrictMath.sin(angle);
    }

    /** Octaves of noise, about -1 to 1. */
    private static double clouds(double x, double y, int period, int octaves, int seed) {
        double sum = 0;
        double weight = 1;
        for (int i = 0; i < octaves; i++) {
            sum += weight * noise(x, y, period, seed + i);
            x *= 2;
            y *= 2;
            period *= 2;
            weight *= 0.5;
        }
        return sum;
    }

    private static double mix(double a, double b, double t) {
        return a + (b - a) * t;
    }

    private static Vec mix(Vec a, Vec b, double t) {
        return a.times(1 - t).plus(b.times(t));
    }

    private static double step(double from, double to, double value) {
        double t = Math.max(0, Math.min(1, (value - from) / (to - from)));
        return t * t * (3 - 2 * t);
    }

    /** The colour at u, v in [0, 1], v upwards. */
    private interface Picture {
        Vec at(double u, double v);
    }

    private static final class Textures {
        private static final int SIZE = 512;

        static void writeAll(Path dir) throws IOException {
            png8(dir.resolve("tiles_srgb.png"), Textures::tiles);
            png8Gray(dir.resolve("wear_raw.png"), (u, v) -> 0.5 + 0.6 * clouds(u * 6, v * 6, 6, 5, 11));
            pngAlpha(dir.resolve("leaves_alpha.png"));
            png16Gray(dir.resolve("quilt_16bit.png"), Textures::quilt);
            Exr.write(dir.resolve("marble_half.exr"), SIZE, SIZE, Exr.Depth.HALF, Textures::marble);
            Exr.write(dir.resolve("lava_float.exr"), SIZE, SIZE, Exr.Depth.FLOAT, Textures::lava);
            Exr.writeGray(dir.resolve("scales_half.exr"), SIZE, SIZE, Exr.Depth.HALF, Textures::scales);
            Exr.writeGray(dir.resolve("dents_float.exr"), SIZE, SIZE, Exr.Depth.FLOAT, Textures::dents);
        }

        /** Glazed tiles with stars on them, four by four. */
        private static Vec tiles(double u, double v) {
            double x = 2 * (u * 4 - Math.floor(u * 4)) - 1;
            double y = 2 * (v * 4 - Math.floor(v * 4)) - 1;
            if (Math.max(Math.abs(x), Math.abs(y)) > 0.95) {
                return new Vec(0.78, 0.74, 0.68);
            }
            double radius = Math.hypot(x, y);
            double star = 0.55 + 0.14 * StrictMath.cos(8 * StrictMath.atan2(y, x));
            double corner = Math.hypot(Math.abs(x) - 1, Math.abs(y) - 1);
            if (radius < 0.2 || Math.abs(corner - 0.42) < 0.06) {
                return new Vec(0.91, 0.66, 0.2);
            }
            return radius < star || corner < 0.3 ? new Vec(0.07, 0.26, 0.5) : new Vec(0.92, 0.9, 0.84);
        }

        private static double quilt(double u, double v) {
            double a = StrictMath.sin(Math.PI * 8 * (u + v));
            double b = StrictMath.sin(Math.PI * 8 * (u - v));
            return StrictMath.pow(Math.abs(a * b), 0.4);
        }

        private static Vec marble(double u, double v) {
            double warp = clouds(u * 4, v * 4, 4, 6, 23);
            double vein = 1 - Math.abs(StrictMath.sin(2 * Math.PI * (u + v + 0.9 * warp)));
            return mix(new Vec(0.8, 0.79, 0.75), new Vec(0.07, 0.16, 0.13), StrictMath.pow(vein, 5))
                    .times(0.9 + 0.2 * clouds(u * 16, v * 16, 16, 3, 31));
        }

        /** Far brighter than 1 in the cracks. */
        private static Vec lava(double u, double v) {
            double crack = 1 - Math.abs(clouds(u * 5, v * 5, 5, 4, 43)) * 3;
            double heat = StrictMath.pow(Math.max(0, crack), 6);
            return new Vec(0.02 + 14 * heat, 0.015 + 3.2 * heat * heat, 0.012 + 0.5 * heat * heat * heat);
        }

        private static double scales(double u, double v) {
            double row = v * 12;
            double shift = (long) Math.floor(row) % 2 == 0 ? 0 : 0.5;
            double x = u * 12 + shift;
            double dx = x - Math.floor(x) - 0.5;
            double dy = row - Math.floor(row);
            return Math.max(0, 1 - 2.2 * dx * dx - dy) + 0.35 * dy;
        }

        private static double dents(double u, double v) {
            return 0.5 + 0.5 * clouds(u * 5, v * 5, 5, 3, 71);
        }

        private interface Level {
            double at(double u, double v);
        }

        private static int level(double value, int most) {
            return (int) Math.round(Math.max(0, Math.min(1, value)) * most);
        }

        private static void png8(Path file, Picture picture) throws IOException {
            BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
            each((x, y, u, v) -> {
                Vec c = picture.at(u, v);
                image.setRGB(x, y, level(c.x, 255) << 16 | level(c.y, 255) << 8 | level(c.z, 255));
            });
            ImageIO.write(image, "png", file.toFile());
        }

        private static void pngAlpha(Path file) throws IOException {
            BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB);
            each((x, y, u, v) -> {
                double a = u * 3 - Math.floor(u * 3) - 0.5;
                double b = v * 3 - Math.floor(v * 3) - 0.5;
                double across = (a + b) * 1.1;
                double along = (a - b) * 0.75;
                boolean inside = Math.abs(across) < 0.32 * (1 - 4 * along * along);
                double vein = Math.abs(across) < 0.02 ? 0.35 : 0.12 * StrictMath.sin(60 * (along + Math.abs(across)));
                int green = level(0.55 + vein, 255);
                image.setRGB(x, y, inside ? 0xff000000 | level(0.28 + vein, 255) << 16 | green << 8 | 0x20 : 0);
            });
            ImageIO.write(image, "png", file.toFile());
        }

        private static void png8Gray(Path file, Level picture) throws IOException {
            gray(file, picture, BufferedImage.TYPE_BYTE_GRAY, 255);
        }

        private static void png16Gray(Path file, Level picture) throws IOException {
            gray(file, picture, BufferedImage.TYPE_USHORT_GRAY, 65535);
        }

        private static void gray(Path file, Level picture, int type, int most) throws IOException {
            BufferedImage image = new BufferedImage(SIZE, SIZE, type);
            WritableRaster raster = image.getRaster();
            each((x, y, u, v) -> raster.setSample(x, y, 0, level(picture.at(u, v), most)));
            ImageIO.write(image, "png", file.toFile());
        }

        private interface Pixel {
            void at(int x, int y, double u, double v);
        }

        private static void each(Pixel pixel) {
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    pixel.at(x, y, (x + 0.5) / SIZE, 1 - (y + 0.5) / SIZE);
                }
            }
        }
    }

    /** Equirectangular skies, for when there are no photographed ones. */
    private static final class Skies {
        static void write(String name, Path file) throws IOException {
            Exr.write(file, 1024, 512, Exr.Depth.HALF, name.equals("forest.exr") ? Skies::forest : Skies::sunset);
        }

        private static Vec sunset(double u, double v) {
            double rise = 2 * v - 1;
            double turn = Math.abs(u - 0.6);
            double glow = StrictMath.exp(-18 * (turn * turn + 0.35 * rise * rise));
            Vec above = mix(new Vec(0.85, 0.55, 0.36), new Vec(0.14, 0.3, 0.68), step(0, 0.6, rise));
            double cloud = step(0.05, 0.6, clouds(u * 8, v * 14, 8, 5, 5)) * step(0.02, 0.2, rise);
            above = mix(above, new Vec(1, 0.72, 0.6), 0.6 * cloud).plus(new Vec(1.9, 1, 0.4).times(glow));
            Vec below = new Vec(0.13, 0.12, 0.13)
                    .times(1 + 0.5 * clouds(u * 32, v * 32, 32, 3, 9))
                    .plus(new Vec(0.5, 0.3, 0.16).times(glow));
            double disc = step(0.014, 0.01, Math.hypot(2 * (u - 0.6), v - 0.56));
            return mix(below, above, step(-0.01, 0.01, rise)).plus(new Vec(420, 260, 120).times(disc));
        }

        private static Vec forest(double u, double v) {
            double rise = 2 * v - 1;
            Vec bright = mix(new Vec(1.5, 1.6, 1.5), new Vec(0.8, 1.1, 1.6), step(0.1, 0.9, rise));
            double leaves = clouds(u * 24, v * 24, 24, 5, 17);
            Vec green = mix(new Vec(0.02, 0.045, 0.012), new Vec(0.3, 0.42, 0.08), step(-0.3, 0.5, leaves));
            double crown = 0.34 + 0.28 * clouds(u * 6, 0, 6, 4, 19);
            double trunk = step(0.62, 0.7, Math.abs(noise(u * 40, 0.5, 40, 29)) * 1.6) * step(0.3, 0.05, rise);
            Vec wood = mix(green, new Vec(0.05, 0.035, 0.025), trunk);
            Vec above = mix(wood, bright, step(-0.04, 0.08, rise - crown + 0.35 * Math.max(0, leaves)));
            Vec path = new Vec(0.17, 0.13, 0.09).times(1 + 0.7 * clouds(u * 48, v * 48, 48, 4, 37));
            double sun = step(0.016, 0.01, Math.hypot(2 * (u - 0.72), v - 0.8));
            return mix(path, above, step(-0.02, 0.02, rise)).plus(new Vec(260, 240, 200).times(sun));
        }
    }

    /** Uncompressed scan-line OpenEXR, as its authors describe it in "OpenEXR File Layout". */
    private static final class Exr {
        enum Depth {
            HALF(1, 2),
            FLOAT(2, 4);

            private final int code;
            private final int bytes;

            Depth(int code, int bytes) {
                this.code = code;
                this.bytes = bytes;
            }
        }

        static void write(Path file, int width, int height, Depth depth, Picture picture) throws IOException {
            write(file, width, height, depth, "BGR", picture);
        }

        static void writeGray(Path file, int width, int height, Depth depth, Textures.Level level) throws IOException {
            write(file, width, height, depth, "Y", (u, v) -> new Vec(level.at(u, v), 0, 0));
        }

        /** {@code channels} in alphabetical order, as the file holds them. */
        private static void write(Path file, int width, int height, Depth depth, String channels, Picture picture)
                throws IOException {
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            header.writeBytes(little(0x01312f76, 2));
            ByteArrayOutputStream list = new ByteArrayOutputStream();
            for (char channel : channels.toCharArray()) {
                list.writeBytes(new byte[] {(byte) channel, 0});
                list.writeBytes(little(depth.code, 0, 1, 1));
            }
            list.write(0);
            attribute(header, "channels", "chlist", list.toByteArray());
            attribute(header, "compression", "compression", new byte[1]);
            attribute(header, "dataWindow", "box2i", little(0, 0, width - 1, height - 1));
            attribute(header, "displayWindow", "box2i", little(0, 0, width - 1, height - 1));
            attribute(header, "lineOrder", "lineOrder", new byte[1]);
            attribute(header, "pixelAspectRatio", "float", little(Float.floatToIntBits(1)));
            attribute(header, "screenWindowCenter", "v2f", little(0, 0));
            attribute(header, "screenWindowWidth", "float", little(Float.floatToIntBits(1)));
            header.write(0);

            int line = width * channels.length() * depth.bytes;
            ByteBuffer body = ByteBuffer.allocate(height * (8 + 8 + line)).order(ByteOrder.LITTLE_ENDIAN);
            for (int y = 0; y < height; y++) {
                body.putLong(header.size() + 8L * height + (long) y * (8 + line));
            }
            for (int y = 0; y < height; y++) {
                body.putInt(y).putInt(line);
                Vec[] row = new Vec[width];
                for (int x = 0; x < width; x++) {
                    row[x] = picture.at((x + 0.5) / width, 1 - (y + 0.5) / height);
                }
                for (char channel : channels.toCharArray()) {
                    for (Vec c : row) {
                        float value = (float) (channel == 'B' ? c.z : channel == 'G' ? c.y : c.x);
                        if (depth == Depth.HALF) {
                            body.putShort(half(value));
                        } else {
                            body.putFloat(value);
                        }
                    }
                }
            }
            try (OutputStream out = Files.newOutputStream(file)) {
                header.writeTo(out);
                out.write(body.array());
            }
        }

        private static void attribute(ByteArrayOutputStream header, String name, String type, byte[] value) {
            header.writeBytes((name + "\0" + type + "\0").getBytes(StandardCharsets.US_ASCII));
            header.writeBytes(little(value.length));
            header.writeBytes(value);
        }

        private static byte[] little(int... values) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int value : values) {
                bytes.putInt(value);
            }
            return bytes.array();
        }

        /** The nearest half; what is too small becomes zero and what is too large the largest half. */
        private static short half(float value) {
            float size = Math.min(Math.abs(value), 65504f);
            if (size < 6.1035156e-5f) {
                return 0;
            }
            int bits = Float.floatToIntBits(size) - (112 << 23);
            int rounded = bits + 0xfff + (bits >> 13 & 1) >> 13;
            return (short) (rounded | (value < 0 ? 0x8000 : 0));
        }
    }

    // --------------------------------------------------------------------------- more than a million triangles

    private static final class Landscape {
        private static final int CELLS = 660;
        private static final int TREES = 1900;

        static void write(Path dir) throws IOException {
            Mesh.grid(CELLS, CELLS, false, false, false, (u, v) -> ground(70 * u - 35, 84 * v - 24))
                    .write(dir.resolve("million_ground.xml"), "Hills around a lake");
            Random random = new Random(7);
            for (int kind = 0; kind < 3; kind++) {
                tree(random).write(dir.resolve("million_tree" + kind + ".xml"), "A fir, 1 high");
            }
            try (BufferedWriter out = Files.newBufferedWriter(dir.resolve("million.xml"), StandardCharsets.US_ASCII)) {
                out.write(HEAD);
                int planted = 0;
                while (planted < TREES) {
                    double x = 70 * random.nextDouble() - 35;
                    double y = 84 * random.nextDouble() - 24;
                    double size = 1.1 + 0.9 * random.nextDouble();
                    double turn = 360 * random.nextDouble();
                    Vec here = ground(x, y);
                    double steep = Math.abs(ground(x + 0.3, y).z - here.z) + Math.abs(ground(x, y + 0.3).z - here.z);
                    boolean grove = clouds(x * 0.12 + 50, y * 0.12 + 50, 1000, 3, 61) > -0.05;
                    if (here.z < 0.25 || here.z > 7 || steep > 0.45 || !grove || Math.hypot(x + 1.5, y + 22) < 9) {
                        continue;
                    }
                    double height = size * (1 + 0.3 * random.nextDouble());
                    out.write(String.format(
                            Locale.ROOT,
                            "<transform translate=\"%.3f %.3f %.3f\" rotate=\"%.1f 0 0 1\" scale=\"%.3f %.3f %.3f\">"
                                    + "<state shader=\"fir\"><include src=\"million_tree%d.xml\"/></state>"
                                    + "</transform>\n",
                            x, y, here.z - 0.05, turn, size, size, height, planted % 3));
                    planted++;
                }
                out.write("</cycles>\n");
            }
        }

        private static Vec ground(double x, double y) {
            double hills = 1.9 * clouds(x * 0.09 + 100, y * 0.09 + 100, 1000, 6, 53) + 0.9;
            double ridge = 1 - Math.abs(clouds(x * 0.045 + 100, y * 0.045 + 100, 1000, 6, 59)) * 1.7;
            double mountains = 15 * step(14, 46, y) * step(60, 48, y) * Math.max(0.1, ridge);
            double basin = 3.2 * StrictMath.exp(-(x - 3) * (x - 3) / 150 - (y + 4) * (y + 4) / 130);
            return new Vec(x, y, hills + mountains - basin + 0.7 * step(8, 24, Math.abs(x - 3)));
        }

        /** Skirts of jagged branches around a trunk. */
        private static Mesh tree(Random random) {
            Mesh mesh = new Mesh();
            int skirts = 7;
            int sides = 13;
            for (int s = 0; s < skirts; s++) {
                double low = 0.1 + 0.8 * s / skirts;
                double radius = 0.25 * (1.04 - low);
                int top = mesh.point(new Vec(0, 0, low + 0.28));
                int inner = mesh.point(new Vec(0, 0, low + 0.06));
                int first = inner + 1;
                for (int i = 0; i < sides; i++) {
                    double angle = 2 * Math.PI * (i + 0.5 * random.nextDouble()) / sides;
                    double reach = radius * (i % 2 == 0 ? 1 : 0.72) * (0.9 + 0.2 * random.nextDouble());
                    double droop = 0.03 * random.nextDouble();
                    mesh.point(new Vec(reach * StrictMath.cos(angle), reach * StrictMath.sin(angle), low - droop));
                }
                for (int i = 0; i < sides; i++) {
                    mesh.face(first + i, first + (i + 1) % sides, top);
                    mesh.face(first + (i + 1) % sides, first + i, inner);
                }
            }
            return mesh;
        }

        private static final String HEAD = """
                <!-- More than a million triangles: a lake among wooded hills. Written by GenerateScenes.java. -->
                <cycles>
                <integrator use_adaptive_sampling="false" max_bounce="5"/>
                <film exposure="1"/>

                <transform translate="-3 -25 3.6" rotate="-9 0 0 1"><transform rotate="84.5 1 0 0" scale="1 1 -1">
                  <camera width="480" height="270" fov="0.62"/>
                </transform></transform>

                <background>
                  <environment_texture name="image" filename="sunset.exr" tex_mapping.rotation="0 0 0.6"/>
                  <background name="sky" strength="1"/>
                  <connect from="image color" to="sky color"/>
                  <connect from="sky background" to="output surface"/>
                </background>

                <shader name="lamp">
                  <emission name="glow" color="1 1 1" strength="1"/>
                  <connect from="glow emission" to="output surface"/>
                </shader>
                <shader name="ground">
                  <geometry name="here"/>
                  <separate_xyz name="parts"/>
                  <noise_texture name="patches" scale="0.5" detail="5"/>
                  <math name="lift" math_type="multiply_add" value2="5" value3="-2.5"/>
                  <math name="height" math_type="add"/>
                  <map_range name="snowline" from_min="6.5" from_max="10" to_min="0" to_max="1" clamp="true"/>
                  <map_range name="shore" from_min="0" from_max="0.5" to_min="0" to_max="1" clamp="true"/>
                  <mix name="grass" fac="0.5" color1="0.07 0.1 0.025" color2="0.19 0.17 0.06"/>
                  <mix name="meadow" color1="0.32 0.26 0.18"/>
                  <mix name="cover" color2="0.8 0.84 0.9"/>
                  <diffuse_bsdf name="earth"/>
                  <connect from="here position" to="parts vector"/>
                  <connect from="here position" to="patches vector"/>
                  <connect from="patches fac" to="grass fac"/>
                  <connect from="patches fac" to="lift value1"/>
                  <connect from="parts z" to="height value1"/>
                  <connect from="lift value" to="height value2"/>
                  <connect from="height value" to="snowline value"/>
                  <connect from="parts z" to="shore value"/>
                  <connect from="shore result" to="meadow fac"/>
                  <connect from="grass color" to="meadow color2"/>
                  <connect from="snowline result" to="cover fac"/>
                  <connect from="meadow color" to="cover color1"/>
                  <connect from="cover color" to="earth color"/>
                  <connect from="earth bsdf" to="output surface"/>
                </shader>
                <shader name="fir">
                  <principled_bsdf name="needles" base_color="0.025 0.06 0.022" roughness="0.8" specular="0.2"/>
                  <connect from="needles bsdf" to="output surface"/>
                </shader>
                <shader name="water">
                  <geometry name="here"/>
                  <noise_texture name="waves" scale="1.6" detail="3"/>
                  <bump name="ripples" strength="0.25" distance="0.05"/>
                  <principled_bsdf name="lake" base_color="0.012 0.03 0.035" roughness="0.04" specular="0.5"/>
                  <connect from="here position" to="waves vector"/>
                  <connect from="waves fac" to="ripples height"/>
                  <connect from="ripples normal" to="lake normal"/>
                  <connect from="lake bsdf" to="output surface"/>
                </shader>

                <state shader="lamp">
                  <light light_type="distant" dir="0.85 0.35 -0.42" angle="0.02" strength="3 2.1 1.3" use_mis="true"/>
                  <light light_type="background" map_resolution="256" use_mis="true"/>
                </state>

                <state shader="water">
                  <mesh P="-35 -24 0  35 -24 0  35 40 0  -35 40 0" nverts="4" verts="0 1 2 3"/>
                </state>
                <state shader="ground" interpolation="smooth"><include src="million_ground.xml"/></state>
                """;
    }
}
