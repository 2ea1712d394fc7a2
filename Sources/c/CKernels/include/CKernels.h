// Numeric kernels in C.
//
// The law of this library: the same inputs give the same bits on every x86-64 CPU, whichever clone of
// a kernel runs. No libm, no fused operations, no sums in an order that depends on the vector width.
// Arrays are contiguous float32 unless a type says otherwise, need no alignment, and may not overlap
// except where "in place" is said. Not-a-number and infinity pass through.
#pragma once
#include <stddef.h>
#include <stdint.h>

// ── half.c: n numbers; to narrower types by rounding to nearest, ties to even ──

void ck_f32_to_f16(const float *x, uint16_t *y, size_t n);
void ck_f16_to_f32(const uint16_t *x, float *y, size_t n);
void ck_f32_to_bf16(const float *x, uint16_t *y, size_t n);
void ck_bf16_to_f32(const uint16_t *x, float *y, size_t n);

// ── elementwise.c: n numbers; y may be x ──

// x·sigmoid(x).
void ck_silu(const float *x, float *y, size_t n);
// x·Φ(x), with the error function.
void ck_gelu(const float *x, float *y, size_t n);
// x·sigmoid(1.702·x).
void ck_quick_gelu(const float *x, float *y, size_t n);
// a·gelu(b) where each row of x is a (c numbers) then b: (rows, 2c) → (rows, c). Not in place.
void ck_geglu(const float *x, float *y, size_t rows, size_t c);
// x + z.
void ck_add(const float *x, const float *z, float *y, size_t n);
// Adds a vector of c numbers to each of the rows.
void ck_add_vector(const float *x, const float *vector, float *y, size_t rows, size_t c);
// y = k·x.
void ck_scale(float k, const float *x, float *y, size_t n);
// y = y + k·x, rounded after the product and after the sum.
void ck_axpy(float k, const float *x, float *y, size_t n);
// mask ≠ 0 ? x : z; bits are moved.
void ck_choose(const float *mask, const float *x, const float *z, float *y, size_t n);
// Whether every number is finite.
int ck_all_finite(const float *x, size_t n);
int ck_all_finite_f16(const uint16_t *x, size_t n);
// Puts a vector of c numbers (zeros where it is null) at the start of each row of y.
void ck_fill_rows(const float *vector, float *y, size_t rows, size_t c, size_t stride);
// Copies `bytes` bytes a row, between rows that are x_stride and y_stride bytes apart.
void ck_copy_rows(
    const void *x, void *y, size_t rows, size_t bytes, size_t x_stride, size_t y_stride);
// (rows, columns) → (columns, rows).
void ck_transpose(const float *x, float *y, size_t rows, size_t columns);

// ── norms.c ──
//
// Group normalisation of one row of a batch, x (positions, c), in two passes. The caller cuts the
// positions into chunks of one fixed size and gives each chunk its own line of c sums. All in float32;
// every sum begins at 0.

// Σ x over the positions of a chunk, for each channel.
void ck_channel_sums(const float *x, size_t positions, size_t c, float *sums);
// Σ (x − mean)² over the positions of a chunk, for each channel.
void ck_channel_squares(
    const float *x, size_t positions, size_t c, const float *means, float *sums);
// Joins the lines (lines, c), in place: 64 neighbours at a time in ascending order, level by level,
// until the first line is the sum of all.
void ck_join_sums(float *sums, size_t lines, size_t c);
// From joined sums (c): each channel gets its group's mean, Σ of the group's channels in ascending
// order over `count` numbers.
void ck_group_means(const float *sums, size_t c, size_t groups, float count, float *means);
// The same for squares: each channel gets gain · (1 / √(variance + eps)).
void ck_group_scales(
    const float *squares, size_t c, size_t groups, float count, float eps, const float *gain,
    float *scales);
// y = (x − mean)·scale + shift by channel, then SiLU where asked. In place allowed.
void ck_channel_normalise(
    const float *x, size_t positions, size_t c, const float *means, const float *scales,
    const float *shifts, int silu, float *y);
// Layer normalisation of each row of c numbers, in two passes. In place allowed.
void ck_layer_norm(
    const float *x, size_t rows, size_t c, const float *gain, const float *shift, float eps,
    float *y);

// ── softmax.c: in place, each row of n numbers sums to 1 ──
//
// The sum has sixteen lanes from 0 for every 256 tokens; these are added in ascending order, and the
// lanes are joined once.

// `rounded`: each share is rounded to the nearest float16 and kept as float32.
void ck_softmax(float *x, size_t rows, size_t n, int rounded);
// Row r is query `first + r` and sees tokens 0…first + r; the others become 0.
void ck_softmax_causal(float *x, size_t rows, size_t n, size_t first, int rounded);

// ── product.c: matrix products ──
//
// Every number of a product is a sum of blocks, each one chain of fused multiply-adds that takes its
// inputs in ascending order. A block is as many whole runs as have at most 1024 inputs (and at most
// CK_TAPS of them), or 1024 inputs of one longer run. The first block's chain begins at the bias, or at
// 0, the others' at 0; blocks are added in ascending order. So the bits depend on nothing but a number's
// own inputs and weights: not on other rows or outputs, tasks or the width of a vector.

// The inputs of an output row are `taps` runs of `k` numbers, each anywhere in memory: a linear layer
// has one run, a convolution one for each of its kernel's places.
#define CK_TAPS 64
// How the numbers of packed weights are stored. Narrow ones are widened, exactly, while they are read;
// pairs are for products of rounded factors, below.
typedef enum { CK_F32, CK_F16, CK_BF16, CK_PAIRS } ck_element;
typedef struct {
  const float *const *runs;  // (rows, taps): where each run begins
  size_t rows, taps, k;
  const void *weights;  // packed, from an output on that is a multiple of 32
  ck_element element;   // of the weights
  size_t outputs;       // how many from there on; fewer than all only in multiples of 32
  const float *bias;    // (outputs), or null
  float *y;             // (rows, outputs), rows `stride` apart
  size_t stride;
} ck_product;

void ck_multiply(const ck_product *product);

// Weights are packed in panels of 32 outputs (the last one of 16 where that holds the rest), each
// (depth, outputs of the panel), with zeros for outputs that are not there. A panel's first number is
// at output · depth.
size_t ck_packed_count(size_t outputs, size_t depth);
// From (outputs, depth), rows `stride` apart, each number times `factor`.
void ck_pack_outputs(
    const float *w, size_t outputs, size_t depth, size_t stride, float factor, float *packed);
// From (depth, outputs), rows `stride` apart.
void ck_pack_inputs(
    const float *w, size_t outputs, size_t depth, size_t stride, float *packed);
// (outputs, inputs, taps) → (outputs, taps, inputs).
void ck_inputs_last(
    const float *weight, size_t outputs, size_t inputs, size_t taps, float *packed);

// ── product_pairs.c: the same with factors rounded to bfloat16, for CPUs with AVX512-BF16 ──
//
// A chain takes the inputs of a run two at a time, the later one first; subnormal numbers count as 0. A
// block has 512 pairs.
// `ck_multiply` does this where the weights are pairs.

void ck_multiply_pairs(const ck_product *product);
// Numbers of packed pairs: those of panels, but runs of an odd length have a 0 more.
size_t ck_pairs_count(size_t outputs, size_t taps, size_t k);
// From panels in float32.
void ck_pack_pairs(
    const float *packed, size_t outputs, size_t taps, size_t k, uint16_t *pairs);

// ── winograd.c: 3×3 convolutions by F(2×2, 3×3) (Lavin & Gray 2016, §4.1) ──
//
// Two by two output positions are a tile. Its sixteen inputs, transformed, times sixteen transformed
// weights are sixteen products over the channels, which transformed back are the four outputs: 4
// multiplications an output instead of 9.

// The tile's inputs, row by row, each `channels` numbers → v, sixteen times `channels` numbers,
// `stride` apart.
void ck_winograd_input(const float *const *places, size_t channels, size_t stride, float *v);
// Sixteen times `outputs` products, `stride` apart, plus bias (or null) → the tile's outputs, row by
// row; null for those outside the picture.
void ck_winograd_output(
    const float *m, size_t stride, size_t outputs, const float *bias, float *const *places);
// The transformed weights of `count` kernels (3, 3): u is sixteen times `count` numbers, `stride`
// apart. Rows are transformed first, then columns; every operation is rounded.
void ck_winograd_weights(const float *weight, size_t count, size_t stride, float *u);

// ── maps.c ──

// How one column of an edited attention map is made: `shares` entries of the lists of tokens and
// shares from `first` on, or the row's own column; then times `factor`.
typedef struct {
  int own;
  size_t first, shares;
  float factor;
} ck_column;

// Rows of maps: source (rows, source_tokens), own (rows, own_tokens) → y (rows, count). A side that
// no column takes may be null.
void ck_compose_rows(
    const float *source, size_t source_tokens, const float *own, size_t own_tokens, size_t rows,
    const ck_column *columns, size_t count, const int32_t *tokens, const float *shares, float *y);
// The mean over heads of `count` maps (queries, tokens), transposed: y[t·y_stride + q].
void ck_head_mean(
    const float *const *heads, size_t count, size_t queries, size_t tokens, size_t y_stride,
    float *y);

// ── math.c: double precision within about two units in the last place ──

double ck_math_log(double x);
double ck_math_log1p(double x);
// For |x| up to about a million.
double ck_math_cos(double x);
double ck_math_sin(double x);

// ── machine.c ──

// The level that the clones of this process run at: "x86-64-v4", "x86-64-v3" or "x86-64".
const char *ck_kernel_level(void);
// Whether the CPU multiplies bfloat16 (AVX512-BF16).
int ck_has_bf16(void);
// The CPU's own name, empty where it has none.
void ck_cpu_name(char name[49]);
// Tells the CPU that the caller spins.
void ck_pause(void);

// ── levels.c: for tests that compare the levels with one another ──

// The clones of one kernel, named without its prefix: x86-64-v4, x86-64-v3, x86-64. Calling one that
// this CPU has no instructions for ends the process.
typedef struct {
  const char *name;
  const void *code[3];
} ck_clones;

// All kernels that have clones.
const ck_clones *ck_all_clones(size_t *count);
