#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include <string.h>

// Double precision from additions and products alone: the same bits on every machine, within about
// two units in the last place. After the reductions and kernels of FreeBSD's msun (fdlibm).

static double from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint64_t to_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

double ck_math_log(double x) {
  if (!(x > 0)) return x == 0 ? -__builtin_inf() : __builtin_nan("");
  if (x == __builtin_inf()) return x;
  int k = 0;
  if (x < 0x1p-1022) x *= 0x1p54, k = -54;
  uint64_t bits = to_bits(x);
  k += (int)(bits >> 52) - 1023;
  double m = from_bits((bits & 0xfffffffffffffull) | 0x3ff0000000000000ull);
  if (m > 1.4142135623730951) m *= 0.5, k++;
  double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
  double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 +
                w * 1.531383769920937332e-01));
  double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 +
               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  double half = 0.5 * f * f;
  return k * 6.93147180369123816490e-01 -
         ((half - (s * (half + (even + odd)) + k * 1.90821492927058770002e-10)) - f);
}

double ck_math_log1p(double x) {
  double u = 1.0 + x;
  if (u == 1.0) return x;
  if (!(u > 0) || u == __builtin_inf()) return ck_math_log(u);
  // What the sum lost is put back to first order.
  return ck_math_log(u) + (x - (u - 1.0)) / u;
}

// |r| ≤ π/4, r + tail.
static double sine(double r, double tail) {
  double z = r * r, v = z * r;
  double p = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 +
             z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 +
             z * 1.58969099521155010221e-10)));
  return r - ((z * (0.5 * tail - v * p) - tail) - v * -1.66666666666666324348e-01);
}

static double cosine(double r, double tail) {
  double z = r * r;
  double p = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 +
             z * (2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 +
             z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  double half = 0.5 * z, w = 1.0 - half;
  return w + (((1.0 - w) - half) + (z * p - r * tail));
}

// Takes x apart into quadrant·π/2 + r + tail; π/2 in three parts of 33 bits, exact to |x| ≈ 2^20.
static double reduced(double x, double *tail, int *quadrant) {
  double n = (x * 6.36619772367581382433e-01 + 0x1.8p52) - 0x1.8p52;
  double a = x - n * 1.57079632673412561417e+00, b = n * 6.07710050630396597660e-11;
  double r = a - b, w = (a - r) - b;
  double c = n * 2.02226624879595063154e-21, d = w - c, s = r + d;
  *tail = (r - s) + d;
  *quadrant = (int)((int64_t)n & 3);
  return s;
}

double ck_math_cos(double x) {
  if (!(x - x == 0)) return __builtin_nan("");
  double tail;
  int quadrant;
  double r = reduced(x, &tail, &quadrant);
  double y = quadrant & 1 ? sine(r, tail) : cosine(r, tail);
  return quadrant == 1 || quadrant == 2 ? -y : y;
}

double ck_math_sin(double x) {
  if (!(x - x == 0)) return __builtin_nan("");
  double tail;
  int quadrant;
  double r = reduced(x, &tail, &quadrant);
  double y = quadrant & 1 ? cosine(r, tail) : sine(r, tail);
  return quadrant >= 2 ? -y : y;
}
