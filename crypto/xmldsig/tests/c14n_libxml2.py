"""Canonical forms of elements by libxml2 itself: its programs only canonicalise whole documents.

Reads requests from standard input, one line of JSON each: {"document": text, "element": n, "mode": 0 | 1 | 2,
"prefixes": [...], "comments": bool}, where n counts elements in document order, and mode is libxml2's: Canonical XML 1.0,
exclusive, Canonical XML 1.1. Answers each with a line: the canonical form, or null.
"""

import ctypes
import ctypes.util
import json
import sys

xml = ctypes.CDLL(ctypes.util.find_library("xml2") or "libxml2.so.2")
pointer = ctypes.c_void_p
xml.xmlReadMemory.restype = pointer
xml.xmlReadMemory.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]
xml.xmlXPathNewContext.restype = pointer
xml.xmlXPathNewContext.argtypes = [pointer]
xml.xmlXPathEvalExpression.restype = pointer
xml.xmlXPathEvalExpression.argtypes = [ctypes.c_char_p, pointer]
xml.xmlC14NDocDumpMemory.argtypes = [pointer, pointer, ctypes.c_int, pointer, ctypes.c_int, ctypes.POINTER(pointer)]
for release in (xml.xmlFreeDoc, xml.xmlXPathFreeContext, xml.xmlXPathFreeObject):
    release.argtypes = [pointer]
    release.restype = None

NO_ERROR_OUTPUT = 32 | 64  # XML_PARSE_NOERROR | XML_PARSE_NOWARNING


class NodeSetObject(ctypes.Structure):
    """The start of struct _xmlXPathObject."""

    _fields_ = [("type", ctypes.c_int), ("nodesetval", pointer)]


def canonical(request):
    text = request["document"].encode()
    document = xml.xmlReadMemory(text, len(text), None, b"UTF-8", NO_ERROR_OUTPUT)
    if not document:
        return None
    apex = "(//*)[%d]" % (request["element"] + 1)
    below = "(%s/descendant-or-self::node() | %s/descendant-or-self::*/@* | %s/descendant-or-self::*/namespace::*)"
    context = xml.xmlXPathNewContext(document)
    found = xml.xmlXPathEvalExpression((below % (apex, apex, apex)).encode(), context)
    nodes = ctypes.cast(found, ctypes.POINTER(NodeSetObject)).contents.nodesetval
    names = [prefix.encode() or b"#default" for prefix in request["prefixes"]]
    prefixes = (ctypes.c_char_p * (len(names) + 1))(*names, None)
    out = pointer()
    length = xml.xmlC14NDocDumpMemory(
        document, nodes, request["mode"], ctypes.cast(prefixes, pointer) if names else None, request["comments"], out
    )
    # The buffer is libxml2's; a test may leak it.
    result = ctypes.string_at(out, length).decode() if length >= 0 else None
    xml.xmlXPathFreeObject(found)
    xml.xmlXPathFreeContext(context)
    xml.xmlFreeDoc(document)
    return result


for line in sys.stdin:
    print(json.dumps(canonical(json.loads(line))), flush=True)
