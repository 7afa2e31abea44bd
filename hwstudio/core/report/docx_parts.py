"""The parts of a DOCX file that are the same in every report: looks, numbering, what is where."""

from __future__ import annotations

from html import escape

BULLETS = 1  # the list id of bullets; numbered lists follow
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MAIN = f"{_HEAD}<w:document {_W} {_R}><w:body>"


def _types() -> bytes:
    parts = {
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/word/document.xml": f"{_WORD}.document.main+xml",
        "/word/styles.xml": f"{_WORD}.styles+xml",
        "/word/numbering.xml": f"{_WORD}.numbering+xml",
        "/word/settings.xml": f"{_WORD}.settings+xml",
        "/word/footer1.xml": f"{_WORD}.footer+xml",
    }
    listed = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts.items()
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    ).encode()


def _relations(targets: dict[str, str]) -> bytes:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items(), 1)
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
    ).encode()


CONTENT_TYPES = _types()
ROOT_RELATIONS = _relations(
    {
        "word/document.xml": f"{_OFFICE}/officeDocument",
        "docProps/core.xml": f"{_PACKAGE}/relationships/metadata/core-properties",
    }
)
RELATIONS = _relations(
    {
        "styles.xml": f"{_OFFICE}/styles",
        "numbering.xml": f"{_OFFICE}/numbering",
        "settings.xml": f"{_OFFICE}/settings",
        "footer1.xml": f"{_OFFICE}/footer",
    }
)
SETTINGS = (
    f'{_HEAD}<w:settings {_W}><w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
).encode()
FOOTER = (
    f'{_HEAD}<w:ftr {_W} {_R}><w:p><w:pPr><w:pStyle w:val="Note"/><w:jc w:val="right"/></w:pPr>'
    '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'
).encode()


def _style(kind: str, name: str, title: str, rest: str) -> str:
    return (
        f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{title}"/>'
        f'<w:basedOn w:val="{"Normal" if kind == "paragraph" else "TableNormal"}"/>{rest}</w:style>'
    )


def _spaced(before: int, after: int, more: str = "") -> str:
    return f'<w:pPr>{more}<w:spacing w:before="{before}" w:after="{after}"/></w:pPr>'


def _heading(level: int, half_points: int) -> str:
    look = (
        f'<w:next w:val="Normal"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before="280" '
        f'w:after="100"/><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        f'<w:rPr><w:b/><w:sz w:val="{half_points}"/></w:rPr>'
    )
    return _style("paragraph", f"Heading{level}", f"heading {level}", look)


def styles(language: str) -> bytes:
    """Return word/styles.xml; ``language`` is the one the words are in."""
    small = '<w:rPr><w:color w:val="57606A"/><w:sz w:val="16"/></w:rPr>'
    line = '<w:{0} w:val="single" w:sz="4" w:space="0" w:color="D0D7DE"/>'
    borders = "".join(line.format(side) for side in ("top", "bottom", "insideH"))
    made = (
        f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri" w:eastAsia="Calibri"/>'
        f'<w:sz w:val="20"/><w:lang w:val="{escape(language)}"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '</w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar><w:left w:w="80" w:type="dxa"/>'
        '<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )
    title = '<w:qFormat/><w:pPr><w:spacing w:after="120"/></w:pPr><w:rPr><w:b/><w:sz w:val="40"/>'
    made += _style("paragraph", "Title", "Title", f"{title}</w:rPr>")
    made += _heading(1, 28) + _heading(2, 24) + _heading(3, 22)
    made += _style("paragraph", "Facts", "Facts", _spaced(0, 0))
    made += _style("paragraph", "Figure", "Key figure", _spaced(80, 0))
    made += _style("paragraph", "Note", "Note", _spaced(0, 120) + small)
    made += _style(
        "paragraph", "Cell", "Cell", _spaced(20, 20) + '<w:rPr><w:sz w:val="17"/></w:rPr>'
    )
    caption = _spaced(160, 60, "<w:keepNext/>") + "<w:rPr><w:b/></w:rPr>"
    made += _style("paragraph", "Caption", "caption", caption)
    made += _style("paragraph", "ListParagraph", "List Paragraph", _spaced(0, 40))
    made += _style(
        "table", "Report", "Report", f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
    )
    return f"{made}</w:styles>".encode()


def numbering(lists: int) -> bytes:
    """Return word/numbering.xml: bullets, and as many numbered lists as the report has."""
    indent = '<w:pPr><w:ind w:left="400" w:hanging="300"/></w:pPr>'
    bullet = f'<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>{indent}'
    number = f'<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/>{indent}'
    made = "".join(
        f'<w:abstractNum w:abstractNumId="{at}"><w:multiLevelType w:val="singleLevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/>{look}</w:lvl></w:abstractNum>'
        for at, look in ((1, bullet), (2, number))
    )
    made += '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    for at in range(1, lists + 1):
        made += (
            f'<w:num w:numId="{BULLETS + at}"><w:abstractNumId w:val="2"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    return f"{_HEAD}<w:numbering {_W}>{made}</w:numbering>".encode()
