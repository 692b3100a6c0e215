"""
Prints every value of six characters or more that the basic confidentiality profile (PS3.15 table E.1-1) removes,
empties or replaces in the given DICOM files, as JSON lines [text, bytes as hex], by pydicom: an oracle that shares
no code with Gantry. It is wider than the table: all text, names, dates, times, UIDs and private text at any depth,
components of person names too. Left out are attributes that the profile keeps.
"""
import json
import sys

import pydicom
from pydicom import config

config.settings.reading_validation_mode = 0
TEXTS = {'PN', 'DA', 'DT', 'TM', 'LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'UR', 'UI', 'AE', 'AS', 'UN'}
# Numbers of the patient that the profile removes.
NUMBERS = {0x00101020, 0x00101030}
# Not in the table: classes of objects and syntaxes, the maker and the model of the scanner, coding schemes.
KEPT = {
    'SOPClassUID', 'MediaStorageSOPClassUID', 'TransferSyntaxUID', 'ImplementationClassUID',
    'ReferencedSOPClassUID', 'Manufacturer', 'ManufacturerModelName', 'CodingSchemeDesignator',
    'ImplementationVersionName', 'RescaleType', 'SOPClassesInStudy', 'RelatedGeneralSOPClassUID',
}
# Categories that are kept on purpose: another attribute that repeats one of them cannot be searched for.
CATEGORIES = {'Manufacturer', 'ManufacturerModelName', 'BodyPartExamined', 'AcquisitionContrast'}
found = {}
categories = set()


def encodings(ds, parent):
    sets = ds.get('SpecificCharacterSet', None)
    return pydicom.charset.convert_encodings(sets) if sets else parent


def walk(ds, sets):
    sets = encodings(ds, sets)
    for tag in list(ds.keys()):
        try:
            raw = ds.get_item(tag)
            value = raw.value if isinstance(raw, pydicom.dataelem.RawDataElement) else None
            element = ds[tag]
        except Exception:
            continue
        if element.VR == 'SQ':
            for item in element.value:
                walk(item, sets)
            continue
        if element.keyword in CATEGORIES:
            categories.add(str(element.value).strip())
        if element.keyword in KEPT or (element.VR not in TEXTS and element.tag not in NUMBERS):
            continue
        if isinstance(value, bytes) and element.VR != 'UN':
            for part in value.split(b'\\'):
                pieces = [part]
                if element.VR == 'PN':
                    pieces += [c for g in part.split(b'=') for c in g.split(b'^')] + part.split(b'=')
                for piece in pieces:
                    piece = piece.strip(b' \0\r\n\t')
                    try:
                        text = pydicom.charset.decode_bytes(piece, sets, {0x0a, 0x0c, 0x0d, 0x5e, 0x3d})
                    except Exception:
                        text = piece.decode('latin1')
                    keep(text.strip(), piece)
        elif element.VR == 'UN' and isinstance(element.value, bytes):
            piece = element.value.strip(b' \0')
            if 6 <= len(piece) <= 64 and all(32 <= b < 127 for b in piece):
                keep(piece.decode('latin1'), piece)
        else:
            values = element.value if isinstance(element.value, (list, pydicom.multival.MultiValue)) else [element.value]
            for one in values:
                keep(str(one).strip(), b'')


def keep(text, raw):
    if len(text) >= 6 and not text.startswith('1.2.840.10008.'):
        found[text] = raw.hex()


for line in sys.stdin:
    path = line.rstrip('\n')
    try:
        ds = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    except Exception:
        continue
    try:
        walk(ds.file_meta, ['iso8859'])
        walk(ds, ['iso8859'])
    except Exception as error:
        print(f'{path}: {error}', file=sys.stderr)
for text, raw in found.items():
    if any(text in category for category in categories):
        continue
    print(json.dumps([text, raw]))
