// Hands damaged pictures to the C readers; built with a sanitizer, which ends it where one of them reads
// or writes what is not its own.
//
//   readers <flips> <file>…
//
// Every file is cut at every byte, and then <flips> times some of its bits are flipped, always the same
// ones. Prints how many of the calls gave a picture and how many an error.
#include "CJPEG.h"
#include "CPNG.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t most_pixels = 1 << 22;
static long pictures, errors;
static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static uint32_t big_endian(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void count(int code, int ok, const char *message) {
  if (code == ok) {
    pictures++;
  } else {
    errors++;
    if (message[0] == 0) abort();
  }
}

static void read_png(const uint8_t *file, size_t length) {
  if (length < 33) return;
  uint32_t width = big_endian(file + 16), height = big_endian(file + 20);
  if (width == 0 || height == 0 || (uint64_t)width * height > most_pixels) return;
  for (int channels = 3; channels <= 4; channels++) {
    char message[CPNG_MESSAGE] = "";
    uint8_t *pixels = calloc((size_t)width * height, (size_t)channels);
    count(cpng_read(file, length, pixels, width, height, channels, message), CPNG_OK, message);
    free(pixels);
  }
}

static void read_jpeg(const uint8_t *file, size_t length) {
  char message[CJPEG_MESSAGE] = "";
  uint32_t width, height;
  int channels;
  if (cjpeg_read_header(file, length, &width, &height, &channels, message) != CJPEG_OK) {
    count(CJPEG_DAMAGED, CJPEG_OK, message);
    return;
  }
  if (width == 0 || height == 0 || (uint64_t)width * height > most_pixels) return;
  uint8_t *pixels = calloc((size_t)width * height, 3);
  count(cjpeg_read_rgb(file, length, pixels, width, height, message), CJPEG_OK, message);
  free(pixels);
}

// Makes the checksums right again where there are chunks, so that damage gets past them.
static void seal(uint8_t *file, size_t length) {
  for (size_t at = 8; at + 12 <= length;) {
    size_t count = big_endian(file + at);
    if (count > length - at - 12) return;
    uint32_t crc = cpng_crc32(file + at + 4, count + 4);
    for (int i = 0; i < 4; i++) file[at + 8 + count + i] = (uint8_t)(crc >> (24 - 8 * i));
    at += count + 12;
  }
}

// A copy of just the size, so that a byte too far is a byte outside.
static void read_copy(const uint8_t *file, size_t length, int flips) {
  uint8_t *copy = malloc(length ? length : 1);
  memcpy(copy, file, length);
  for (int i = 0; i < flips; i++) copy[next_random() % length] ^= (uint8_t)(1 << next_random() % 8);
  if (file[0] == 0x89) {
    if (flips && next_random() % 8) seal(copy, length);
    read_png(copy, length);
  } else {
    read_jpeg(copy, length);
  }
  uint8_t inflated[4096];
  size_t written;
  char message[CPNG_MESSAGE];
  cpng_inflate(copy, length, inflated, sizeof inflated, &written, message);
  free(copy);
}

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  for (int i = 2; i < argc; i++) {
    FILE *in = fopen(argv[i], "rb");
    if (!in) return 66;
    static uint8_t file[1 << 20];
    size_t length = fread(file, 1, sizeof file, in);
    fclose(in);
    if (length == 0) return 65;
    for (size_t cut = 0; cut <= length; cut++) read_copy(file, cut, 0);
    for (long n = 0; n < atol(argv[1]); n++) read_copy(file, length, 1 + (int)(next_random() % 4));
  }
  printf("%ld pictures, %ld errors\n", pictures, errors);
  return 0;
}
