"""Image files in every colour form a data set holds, and the RGB pixels that `transformers` sees: `load_image`, by Pillow."""

import io
import struct
import zlib

import numpy as np
from PIL import Image
from processing_fixtures import noisy_picture

WIDTH, HEIGHT = 21, 17
RGB = noisy_picture(41, WIDTH, HEIGHT)
SMOOTH = Image.fromarray(RGB).resize((6, 5)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
PALETTE = Image.fromarray(RGB).quantize(16)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def oriented(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def xmp(value: int, as_element: bool = False) -> bytes:
    start = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    number = str(value).encode()
    if as_element:
        body = b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"><tiff:Orientation>%s</tiff:Orientation></rdf:Description>' % number
    else:
        body = b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%s"/>' % number
    return start + body + b"</rdf:RDF></x:xmpmeta>"


def png16(samples: np.ndarray, colour_type: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """`[height, width, channels]` of 16 bits, which Pillow cannot write."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    middle = b"".join(chunk(*each) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + middle + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wide(channels: int) -> np.ndarray:
    random = np.random.default_rng(43)
    values = random.integers(0, 65536, (HEIGHT, WIDTH, channels))
    values[:3] = random.integers(0, 600, (3, WIDTH, channels))
    values[0, :8, 0] = [0, 1, 100, 255, 256, 300, 65280, 65535]
    return values


def bmp(depth: int, pixels: bytes, size: tuple[int, int], palette: bytes = b"", compression: int = 0, masks: bytes = b"", colours: int = 0) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, *size, 1, depth, compression, len(pixels), 0, 0, colours, 0)
    offset = 14 + len(header) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + header + masks + palette + pixels


def rows_of(values: np.ndarray, depth: int) -> bytes:
    """Indices, or pixels as numbers, packed into rows of whole four bytes, the last row first."""
    rows = []
    for row in values[::-1]:
        if depth < 8:
            bits = "".join(format(int(value), f"0{depth}b") for value in row)
            packed = bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
        else:
            packed = b"".join(int(value).to_bytes(depth // 8, "little") for value in row)
        rows.append(packed + b"\0" * (-len(packed) % 4))
    return b"".join(rows)


def bmp_files() -> dict[str, bytes]:
    random = np.random.default_rng(47)
    four = random.integers(0, 16, (HEIGHT, WIDTH))
    colours = bytes(random.integers(0, 256, 64).tolist())
    pixels16 = random.integers(0, 65536, (HEIGHT, WIDTH))
    pixels32 = random.integers(0, 2**32, (HEIGHT, WIDTH))
    runs8 = b"\x05\x03\x02\x07" + b"\0\x05\1\2\3\4\5\0" + b"\0\0" + b"\0\2\3\1" + b"\x09\x0a" + b"\0\0" + b"\x04\x0f\0\1"
    runs4 = b"\x05\x3a\x02\x07" + b"\0\x05\x12\x34\x50\0" + b"\0\0" + b"\0\2\3\1" + b"\x09\xab" + b"\0\0" + b"\x04\x0f\0\1"
    core = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 4)
    core_palette = bytes(random.integers(0, 256, 48).tolist())
    return {
        "bmp 24 bits": saved(Image.fromarray(RGB), "BMP"),
        "bmp grey": saved(Image.fromarray(RGB[..., 0]), "BMP"),
        "bmp palette": saved(PALETTE, "BMP"),
        "bmp bilevel": saved(Image.fromarray(RGB[..., 0]).convert("1"), "BMP"),
        "bmp with alpha": saved(Image.fromarray(np.dstack([RGB, RGB[..., :1]])), "BMP"),
        "bmp 4 bits": bmp(4, rows_of(four, 4), (WIDTH, HEIGHT), colours),
        "bmp 4 bits, fewer colours": bmp(4, rows_of(four % 5, 4), (WIDTH, HEIGHT), colours[:20], colours=5),
        "bmp 1 bit, two colours": bmp(1, rows_of(four % 2, 1), (WIDTH, HEIGHT), colours[:8]),
        "bmp from the top": bmp(4, rows_of(four, 4), (WIDTH, -HEIGHT), colours),
        "bmp 16 bits": bmp(16, rows_of(pixels16, 16), (WIDTH, HEIGHT)),
        "bmp 16 bits, six of green": bmp(16, rows_of(pixels16, 16), (WIDTH, HEIGHT), compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)),
        "bmp 32 bits": bmp(32, rows_of(pixels32, 32), (WIDTH, HEIGHT)),
        "bmp 32 bits, fields": bmp(32, rows_of(pixels32, 32), (WIDTH, HEIGHT), compression=3, masks=struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00)),
        "bmp runs of 8": bmp(8, runs8, (10, 4), colours, compression=1, colours=16),
        "bmp runs of 4": bmp(4, runs4, (10, 4), colours, compression=2),
        "bmp of OS/2": b"BM" + struct.pack("<IHHI", 0, 0, 0, 26 + 48) + core + core_palette + rows_of(four, 4),
    }


def moved(gif: bytes, screen: tuple[int, int], left: int, top: int) -> bytes:
    """A GIF whose frame stands elsewhere on another screen."""
    data = bytearray(gif)
    data[6:10] = struct.pack("<HH", *screen)
    palette = 3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0
    at = 13 + palette
    while data[at] == 0x21:
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    data[at + 1 : at + 5] = struct.pack("<HH", left, top)
    return bytes(data)


def gif_files() -> dict[str, bytes]:
    still = saved(PALETTE, "GIF", interlace=0)
    transparent = saved(PALETTE, "GIF", transparency=3, interlace=0)
    large = Image.fromarray(noisy_picture(53, 150, 110)).quantize(256)
    second = Image.fromarray(RGB[::-1].copy()).quantize(16)
    return {
        "gif": still,
        "gif transparent": transparent,
        "gif interlaced": saved(PALETTE, "GIF", interlace=1),
        "gif of 256 colours, many codes": saved(large, "GIF", interlace=1),
        "gif grey": saved(Image.fromarray(RGB[..., 0]), "GIF"),
        "gif of two colours": saved(Image.fromarray(RGB[..., 0]).convert("1"), "GIF"),
        "gif animated": saved(PALETTE, "GIF", save_all=True, append_images=[second], transparency=2),
        "gif on a larger screen": moved(still, (30, 25), 4, 3),
        "gif transparent, on a larger screen": moved(transparent, (30, 25), 4, 3),
        "gif past its screen": moved(still, (10, 9), 2, 1),
    }


def colour_files() -> dict[str, bytes]:
    random = np.random.default_rng(59)
    inks = Image.fromarray(random.integers(0, 256, (HEIGHT, WIDTH, 4)).astype(np.uint8), "CMYK")
    smooth_inks = inks.resize((4, 4)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    low = wide(1) % 256
    return {
        "jpeg cmyk": saved(smooth_inks, "JPEG", quality=95),
        "jpeg cmyk, turned": saved(smooth_inks, "JPEG", quality=95, exif=oriented(6)),
        "tiff cmyk": saved(inks, "TIFF"),
        "tiff cmyk, compressed": saved(inks, "TIFF", compression="tiff_lzw"),
        "png grey of 16 bits": png16(wide(1), 0),
        "png grey of 16 bits, low": png16(low, 0),
        "png grey of 16 bits, a colour transparent": png16(low, 0, (b"tRNS", b"\0\x07")),
        "png grey and alpha of 16 bits": png16(wide(2), 4),
        "png rgb of 16 bits": png16(wide(3), 2),
        "png rgba of 16 bits": png16(wide(4), 6),
        "tiff grey of 16 bits": saved(Image.fromarray(wide(1)[..., 0].astype(np.uint16)), "TIFF"),
        "tiff grey of 16 bits, turned": saved(Image.fromarray(wide(1)[..., 0].astype(np.uint16)), "TIFF", exif=oriented(8)),
        "tiff": saved(Image.fromarray(RGB), "TIFF"),
        "png palette, transparent": saved(PALETTE, "PNG", transparency=3),
        "png rgb, a colour transparent": saved(Image.fromarray(RGB), "PNG", transparency=tuple(RGB[0, 0].tolist())),
        "png grey, a colour transparent": saved(Image.fromarray(RGB[..., 0]), "PNG", transparency=int(RGB[0, 0, 0])),
        "webp with alpha": saved(Image.fromarray(np.dstack([RGB, RGB[..., :1]])), "WEBP", lossless=True, exact=True),
    }


def turned_files() -> dict[str, bytes]:
    rgb = Image.fromarray(RGB)
    files = {f"webp turned by xmp {value}": saved(rgb, "WEBP", lossless=True, xmp=xmp(value)) for value in range(10)}
    for value in (3, 6):
        files[f"webp turned by an xmp element {value}"] = saved(rgb, "WEBP", lossless=True, xmp=xmp(value, as_element=True))
        files[f"jpeg turned by xmp {value}"] = saved(SMOOTH, "JPEG", quality=90, xmp=xmp(value))
    files["jpeg grey, turned by xmp"] = saved(SMOOTH.convert("L"), "JPEG", quality=90, xmp=xmp(6))
    files["webp with exif 1 and xmp 6"] = saved(rgb, "WEBP", lossless=True, exif=oriented(1), xmp=xmp(6))
    files["webp with exif 8 and xmp 3"] = saved(rgb, "WEBP", lossless=True, exif=oriented(8), xmp=xmp(3))
    other = Image.Exif()
    other[0x010F] = "maker"
    files["webp with other exif and xmp 6"] = saved(rgb, "WEBP", lossless=True, exif=other, xmp=xmp(6))
    info = png_text(xmp(6).decode())
    files["png turned by xmp"] = saved(rgb, "PNG", pnginfo=info)
    return files


def png_text(text: str):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", text)
    return info


def avif_files() -> dict[str, bytes]:
    files = {
        f"avif {name}": saved(SMOOTH, "AVIF", quality=90, subsampling=name) for name in ("4:4:4", "4:2:2", "4:2:0", "4:0:0")
    }
    files["avif turned"] = saved(SMOOTH, "AVIF", quality=90, subsampling="4:4:4", exif=oriented(6))
    files["avif with alpha"] = saved(Image.fromarray(np.dstack([np.asarray(SMOOTH), RGB[..., :1]])), "AVIF", quality=90, subsampling="4:4:4")
    return files


def image_files() -> dict[str, bytes]:
    return {**bmp_files(), **gif_files(), **colour_files(), **turned_files(), **avif_files()}
