#include "CKernels.h"
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>

const char *ck_kernel_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  return "x86-64";
}

int ck_has_bf16(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
}

void ck_cpu_name(char name[49]) {
  memset(name, 0, 49);
  for (unsigned leaf = 0; leaf < 3; leaf++) {
    unsigned r[4] = {};
    if (!__get_cpuid(0x80000002u + leaf, &r[0], &r[1], &r[2], &r[3])) return;
    memcpy(name + leaf * 16, r, 16);
  }
}

void ck_pause(void) { __builtin_ia32_pause(); }
#endif
