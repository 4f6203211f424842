//! Pictures without their metadata: the container is written anew with the parts that make the picture.

use super::MediaKind;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const EXIF: &[u8] = b"Exif\0\0";

pub fn kind(bytes: &[u8]) -> Option<MediaKind> {
    if bytes.starts_with(PNG) {
        Some(MediaKind::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(MediaKind::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(MediaKind::Webp)
    } else {
        None
    }
}

/// `None` when it is broken. What follows the picture's end is left out, too.
pub fn clean(kind: MediaKind, bytes: &[u8]) -> Option<Vec<u8>> {
    match kind {
        MediaKind::Jpeg => jpeg(bytes),
        MediaKind::Png => png(bytes),
        MediaKind::Webp => webp(bytes),
        _ => None,
    }
}

/// ITU-T T.81, annex B: segments `FF marker length data`, coded data after SOS.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = bytes.get(..2)?.to_vec();
    let mut rest = &bytes[2..];
    let mut turned = None;
    loop {
        let (&[0xff, marker], after) = rest.split_first_chunk::<2>()? else { return None };
        match marker {
            // Fill bytes may stand before a marker.
            0xff => {
                rest = &rest[1..];
                continue;
            }
            // End of the picture: what a phone writes behind it is dropped.
            0xd9 => {
                kept.extend(&rest[..2]);
                return Some(kept);
            }
            0x01 | 0xd0..=0xd7 => {
                rest = after;
                continue;
            }
            0x00 | 0x02..=0xbf | 0xd8 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
        let data = after.get(2..length)?;
        let segment = &rest[..2 + length];
        rest = &rest[2 + length..];
        match marker {
            // JFIF, without its thumbnail.
            0xe0 if data.starts_with(b"JFIF\0") && data.len() >= 14 => {
                kept.extend(b"\xff\xe0\0\x10");
                kept.extend(&data[..12]);
                kept.extend([0, 0]);
            }
            // The colour profile, and how Adobe stores colours.
            0xe2 if data.starts_with(b"ICC_PROFILE\0") => kept.extend(segment),
            0xee if data.starts_with(b"Adobe") => kept.extend(segment),
            0xe1 if turned.is_none() && data.starts_with(EXIF) => {
                turned = orientation(&data[EXIF.len()..]);
                if let Some(turned) = turned {
                    kept.extend([0xff, 0xe1, 0, 34]);
                    kept.extend(EXIF);
                    kept.extend(only_orientation(turned));
                }
            }
            // Other application segments, reserved ones, comments.
            0xe0..=0xff => {}
            _ => kept.extend(segment),
        }
        if marker == 0xda {
            let coded = coded_length(rest)?;
            kept.extend(&rest[..coded]);
            rest = &rest[coded..];
        }
    }
}

/// Coded data end at a marker that is neither a stuffed byte nor a restart.
fn coded_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

/// PNG (third edition), 5.3: chunks `length type data crc`.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const PICTURE: [&[u8]; 17] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"hIST", b"pHYs",
        b"acTL", b"fcTL", b"fdAT",
    ];
    let mut kept = PNG.to_vec();
    let mut rest = &bytes[PNG.len()..];
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk::<4>()?)).ok()?;
        let end = length.checked_add(12)?;
        let (name, data) = (rest.get(4..8)?, rest.get(8..end - 4)?);
        let chunk = rest.get(..end)?;
        rest = &rest[end..];
        if PICTURE.contains(&name) {
            kept.extend(chunk);
        } else if let (b"eXIf", Some(turned)) = (name, orientation(data)) {
            let only = [b"eXIf", &only_orientation(turned)[..]].concat();
            kept.extend((only.len() as u32 - 4).to_be_bytes());
            kept.extend(&only);
            kept.extend(crc32fast::hash(&only).to_be_bytes());
        }
        if name == b"IEND" {
            return Some(kept);
        }
    }
}

/// WebP container: RIFF chunks `type length data`, padded to even lengths.
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const PICTURE: [&[u8]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
    /// Flags of VP8X that tell of EXIF and XMP.
    const HAS_EXIF: u8 = 0x08;
    const HAS_XMP: u8 = 0x04;
    let size = usize::try_from(u32::from_le_bytes(*bytes.get(4..)?.first_chunk::<4>()?)).ok()?;
    let mut rest = bytes.get(12..size.checked_add(8)?)?;
    let (mut chunks, mut extended, mut turned) = (Vec::new(), None, None);
    while !rest.is_empty() {
        let length = usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk::<4>()?)).ok()?;
        let (name, data) = (rest.get(..4)?, rest.get(8..length.checked_add(8)?)?);
        if PICTURE.contains(&name) {
            if name == b"VP8X" {
                extended = Some(chunks.len() + 8).filter(|_| !data.is_empty());
            }
            chunk(&mut chunks, name, data);
        } else if name == b"EXIF" {
            turned = orientation(data.strip_prefix(EXIF).unwrap_or(data));
        }
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
    if let Some(at) = extended {
        chunks[at] &= !(HAS_EXIF | HAS_XMP);
        if let Some(turned) = turned {
            chunks[at] |= HAS_EXIF;
            chunk(&mut chunks, b"EXIF", &only_orientation(turned));
        }
    }
    let size = u32::try_from(chunks.len() + 4).ok()?;
    Some([b"RIFF", &size.to_le_bytes()[..], b"WEBP", &chunks].concat())
}

fn chunk(to: &mut Vec<u8>, name: &[u8], data: &[u8]) {
    to.extend(name);
    to.extend((data.len() as u32).to_le_bytes());
    to.extend(data);
    to.resize(to.len() + data.len() % 2, 0);
}

/// Tag 0x0112 of the first directory of a TIFF header, where it says that the picture must be turned.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let two = |at: usize| {
        let pair = *tiff.get(at..)?.first_chunk::<2>()?;
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let four = *tiff.get(4..)?.first_chunk::<4>()?;
    let first = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let first = usize::try_from(first).ok()?;
    let entries = usize::from(two(first)?);
    let at = (0..entries).map(|entry| first + 2 + 12 * entry).find(|at| two(*at) == Some(0x0112))?;
    two(at + 8).and_then(|turned| u8::try_from(turned).ok()).filter(|turned| (2..=8).contains(turned))
}

/// A TIFF header with one directory of one entry.
fn only_orientation(turned: u8) -> [u8; 26] {
    let mut tiff = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    tiff[19] = turned;
    tiff
}
