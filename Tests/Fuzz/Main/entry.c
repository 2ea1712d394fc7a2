#include "FuzzMain.h"

#include <stddef.h>
#include <stdint.h>

typedef int (*Reader)(const uint8_t *bytes, size_t count);
int LLVMFuzzerRunDriver(int *count, char ***arguments, Reader reader);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int fuzz_main(int count, char **arguments) {
  return LLVMFuzzerRunDriver(&count, &arguments, LLVMFuzzerTestOneInput);
}
