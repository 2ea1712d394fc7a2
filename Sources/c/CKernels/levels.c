#include "CKernels.h"

// The compiler names a clone after its function and instruction set.
#define CK_DECLARE(name)                                             \
  extern char name##_v4[] __asm__("ck_" #name ".arch_x86-64-v4.0");  \
  extern char name##_v3[] __asm__("ck_" #name ".arch_x86-64-v3.1");  \
  extern char name##_base[] __asm__("ck_" #name ".default.2");
#define CK_ENTRY(name) {#name, {name##_v4, name##_v3, name##_base}},
#define CK_ALL(each)                                                                         \
  each(f32_to_f16) each(f16_to_f32) each(f32_to_bf16) each(bf16_to_f32) each(silu) each(gelu) \
  each(quick_gelu) each(geglu) each(add) each(add_vector) each(scale) each(axpy)    \
  each(all_finite) each(all_finite_f16) each(channel_sums) each(channel_squares) each(join_sums) \
  each(channel_normalise) each(layer_norm) each(softmax) each(softmax_causal) each(head_mean) \
  each(winograd_input) each(winograd_output)

#if defined(__x86_64__)
CK_ALL(CK_DECLARE)
extern char multiply_v4[] __asm__("ck_multiply_v4");
extern char multiply_v3[] __asm__("ck_multiply_v3");
extern char multiply_base[] __asm__("ck_multiply_base");
static const ck_clones all[] = {CK_ALL(CK_ENTRY) CK_ENTRY(multiply)};

const ck_clones *ck_all_clones(size_t *count) {
  *count = sizeof all / sizeof *all;
  return all;
}
#endif
