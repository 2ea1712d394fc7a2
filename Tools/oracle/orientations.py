"""Pictures that say how a camera was held, in every way that Pillow's `exif_transpose` looks at.

    python orientations.py ../../Tests/Fixtures/orientations.json

Writes small files with what Pillow makes of them: the size, and the orientation that was undone.
"""
import base64, io, json, struct, sys, zlib

from PIL import Image, ImageOps


def tiff(value, little=False, kind=3):
    order = "<" if little else ">"
    number = struct.pack(order + ("H" if kind == 3 else "L"), value).ljust(4, b"\0")
    return (b"II*\0" if little else b"MM\0*") + struct.pack(order + "LHHHL", 8, 1, 0x112, kind, 1) + number + bytes(4)


def empty():
    return b"MM\0*" + struct.pack(">LHHHL", 8, 1, 0x10F, 3, 1) + bytes(8)


def raw(data, name="exif"):
    digits = data.hex()
    lines = [digits[i:i + 72] for i in range(0, len(digits), 72)]
    return f"\n{name}\n{len(data):8}\n" + "\n".join(lines) + "\n"


def xmp(value, element=False, quote='"'):
    body = f"<rdf:Description><tiff:Orientation>{value}</tiff:Orientation></rdf:Description>" if element else \
        f"<rdf:Description tiff:Orientation={quote}{value}{quote}/>"
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{body}</x:xmpmeta>'


def text(key, value):
    return b"tEXt", key.encode() + b"\0" + value.encode("latin-1")


def ztext(key, value):
    return b"zTXt", key.encode() + b"\0\0" + zlib.compress(value.encode("latin-1"))


def itext(key, value, packed=False):
    body = value.encode()
    return b"iTXt", key.encode() + b"\0" + (b"\1\0" if packed else b"\0\0") + b"\0\0" + (zlib.compress(body) if packed else body)


def png(*chunks, late=()):
    def chunk(kind, data):
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    rows = b"\0\x0a\x14\x1e" + b"\0\x28\x32\x3c"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">LLBBBBB", 3, 2, 8, 0, 0, 0, 0)) + b"".join(
        chunk(*c) for c in chunks) + chunk(b"IDAT", zlib.compress(rows)) + b"".join(chunk(*c) for c in late) + chunk(b"IEND", b"")


def jpeg(*segments):
    out = io.BytesIO()
    Image.new("RGB", (24, 16), (90, 120, 30)).save(out, "JPEG")
    plain = out.getvalue()
    marked = b"".join(b"\xff\xe1" + struct.pack(">H", len(s) + 2) + s for s in segments)
    return plain[:2] + marked + plain[2:]


PREFIX, PROFILE, PACKET, XAP = b"Exif\0\0", "Raw profile type exif", "XML:com.adobe.xmp", b"http://ns.adobe.com/xap/1.0/\0"
CASES = {
    "eXIf": png((b"eXIf", tiff(6))),
    "eXIf, little-endian LONG": png((b"eXIf", tiff(8, True, 4))),
    "eXIf with the prefix": png((b"eXIf", PREFIX + tiff(5))),
    "eXIf after the pixels": png(late=[(b"eXIf", PREFIX + tiff(3, True))]),
    "eXIf twice: the last": png((b"eXIf", tiff(6)), (b"eXIf", tiff(2))),
    "zTXt profile": png(ztext(PROFILE, raw(PREFIX + tiff(7)))),
    "tEXt profile without the prefix": png(text(PROFILE, raw(tiff(4, True)))),
    "iTXt profile, packed, after the pixels": png(late=[itext(PROFILE, raw(PREFIX + PREFIX + tiff(8)), True)]),
    "eXIf goes before the profile": png(ztext(PROFILE, raw(PREFIX + tiff(6))), (b"eXIf", tiff(3))),
    "a profile of another name": png(ztext("Raw profile type APP1", raw(PREFIX + tiff(6), "APP1"))),
    "XMP attribute": png(itext(PACKET, xmp(6))),
    "XMP element, packed": png(itext(PACKET, xmp(5, True), True)),
    "XMP in single quotes": png(itext(PACKET, xmp(6, quote="'"))),
    "XMP in zTXt": png(ztext(PACKET, xmp(8))),
    "XMP of two digits": png(itext(PACKET, xmp(60))),
    "XMP twice: the last": png(itext(PACKET, xmp(6)), itext(PACKET, xmp(3))),
    "Exif goes before XMP": png((b"eXIf", tiff(1)), itext(PACKET, xmp(6))),
    "senseless Exif goes before XMP": png((b"eXIf", tiff(9)), itext(PACKET, xmp(6))),
    "Exif without the tag leaves it to XMP": png((b"eXIf", empty()), itext(PACKET, xmp(6))),
    "senseless XMP": png(itext(PACKET, xmp(9))),
    "nothing": png(),
    "JPEG Exif": jpeg(PREFIX + tiff(6)),
    "JPEG Exif with the prefix twice": jpeg(PREFIX + PREFIX + tiff(5, True)),
    "JPEG Exif in two segments": jpeg(PREFIX + tiff(8)[:12], PREFIX + tiff(8)[12:]),
    "JPEG XMP attribute": jpeg(XAP + xmp(7).encode()),
    "JPEG XMP element": jpeg(XAP + xmp(6, True).encode()),
    "JPEG XMP twice: the last": jpeg(XAP + xmp(6).encode(), XAP + xmp(2).encode()),
    "JPEG Exif goes before XMP": jpeg(XAP + xmp(6).encode(), PREFIX + tiff(3)),
    "JPEG Exif without the tag leaves it to XMP": jpeg(PREFIX + empty(), XAP + xmp(8).encode()),
}


def row(name, file):
    picture = Image.open(io.BytesIO(file))
    picture.load()
    number = picture.getexif().get(0x112, 1)
    turned = ImageOps.exif_transpose(picture)
    made = {"name": name, "file": base64.b64encode(file).decode(), "width": turned.width, "height": turned.height,
            "orientation": number if 2 <= number <= 8 else 1}
    if picture.format == "PNG":
        made["grey"] = list(turned.tobytes())
    return made


with open(sys.argv[1], "w") as out:
    json.dump([row(name, file) for name, file in CASES.items()], out, indent=1)
    out.write("\n")
