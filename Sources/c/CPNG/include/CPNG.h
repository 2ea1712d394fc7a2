// libpng and zlib behind plain functions. Every setjmp starts and ends inside one of them, nothing
// calls back, and no function keeps a caller's pointer. Each returns CPNG_OK or another code and
// then leaves a sentence without a full stop in `message`, which holds CPNG_MESSAGE bytes.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define CPNG_MESSAGE 192

enum {
  CPNG_OK = 0,
  CPNG_DAMAGED = 1,    // the input is not a whole, valid file
  CPNG_NO_MEMORY = 2,  // an allocation failed
  CPNG_TOO_LONG = 3,   // more output than the caller's limit
};

// Decodes a whole PNG file into `width * height * channels` bytes: RGB where `channels` is 3, which
// drops alpha, or RGBA where it is 4. Grey and palettes are expanded, 16 bits are rounded to 8,
// interlacing is undone, gamma is ignored. `width` and `height` are what the caller read in the
// header and allocated for.
int cpng_read(const uint8_t *file, size_t length, uint8_t *pixels, uint32_t width, uint32_t height,
              int channels, char *message);

// A PNG being written into memory.
typedef struct cpng_writer cpng_writer;

// Starts an 8-bit file: grey where `channels` is 1, RGB where it is 3.
int cpng_writer_open(cpng_writer **writer, uint32_t width, uint32_t height, int channels,
                     char *message);
// Adds a text chunk, which will stand before the pixels; call it before the first rows. `text` is
// UTF-8 without NUL. `international` makes it iTXt (uncompressed), otherwise it is tEXt.
int cpng_writer_text(cpng_writer *writer, const char *keyword, const char *text,
                     int international, char *message);
// Appends `rows` rows. The header goes out with the first of them.
int cpng_writer_rows(cpng_writer *writer, const uint8_t *pixels, size_t rows, char *message);
// Ends the file. `bytes` belongs to the writer and is valid until cpng_writer_close.
int cpng_writer_finish(cpng_writer *writer, const uint8_t **bytes, size_t *length, char *message);
void cpng_writer_close(cpng_writer *writer);

// Inflates a zlib stream into at most `capacity` bytes and sets `written`.
int cpng_inflate(const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity,
                 size_t *written, char *message);

// The checksum of PNG chunks.
uint32_t cpng_crc32(const uint8_t *bytes, size_t length);
