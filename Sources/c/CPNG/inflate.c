#include "message.h"
#include <zlib.h>

int cpng_inflate(const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity,
                 size_t *written, char *message) {
  *written = 0;
  if (length > UINT32_MAX || capacity > UINT32_MAX)
    return cpng_fail(message, CPNG_TOO_LONG, "too long");
  z_stream z = {
      .next_in = (Bytef *)bytes,
      .avail_in = (uInt)length,
      .next_out = out,
      .avail_out = (uInt)capacity,
  };
  if (inflateInit(&z) != Z_OK) return cpng_fail(message, CPNG_NO_MEMORY, "out of memory");
  int end = inflate(&z, Z_FINISH);
  *written = capacity - z.avail_out;
  inflateEnd(&z);
  if (end == Z_STREAM_END) return CPNG_OK;
  if (z.avail_out == 0) return cpng_fail(message, CPNG_TOO_LONG, "too long");
  return cpng_fail(message, CPNG_DAMAGED, "the compressed data is damaged");
}

uint32_t cpng_crc32(const uint8_t *bytes, size_t length) {
  uLong crc = crc32(0, Z_NULL, 0);
  while (length > 0) {
    uInt part = length < 1u << 30 ? (uInt)length : 1u << 30;
    crc = crc32(crc, bytes, part);
    bytes += part;
    length -= part;
  }
  return (uint32_t)crc;
}
