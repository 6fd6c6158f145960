"""Images, sound, film and fonts."""

from functions.domain.file_type import row

# fmt: off
IMAGES = (
    row("image/jpeg", "a JPEG image", "jpg jpeg jpe jfif", "image/jpg image/pjpeg image/x-jpeg image/jfif", inline=True),
    row("image/png", "a PNG image", "png apng", "image/x-png image/apng image/vnd.mozilla.apng", inline=True),
    row("image/gif", "a GIF image", "gif", "image/x-gif", inline=True),
    row("image/webp", "a WebP image", "webp", "image/x-webp", inline=True),
    row("image/avif", "an AVIF image", "avif avifs", "image/avif-sequence", inline=True),
    row("image/heic", "a HEIC image", "heic heif heics heifs hif",
         "image/heif image/heic-sequence image/heif-sequence image/x-heic", inline=True),
    row("image/bmp", "a BMP image", "bmp dib", "image/x-ms-bmp image/x-bmp image/x-windows-bmp", inline=True),
    row("image/tiff", "a TIFF image", "tif tiff", "image/tif image/x-tiff image/x-tif", inline=True),
    row("image/svg+xml", "an SVG image", "svg", "image/svg application/svg+xml application/svg"),
)
OTHER_IMAGES = (
    row("image/vnd.microsoft.icon", "an icon", "ico", "image/x-icon image/ico image/icon", inline=True),
    row("image/vnd.adobe.photoshop", "a Photoshop image", "psd psb",
         "image/x-photoshop image/x-psd image/psd application/x-photoshop application/photoshop application/psd"),
    row("image/jxl", "a JPEG XL image", "jxl", inline=True),
    row("image/jp2", "a JPEG 2000 image", "jp2 jpx j2k jpf", "image/jpx image/jpeg2000 image/x-jp2"),
    row("image/emf", "an EMF image", "emf", "image/x-emf application/x-emf"),
    row("image/wmf", "a WMF image", "wmf", "image/x-wmf application/x-wmf application/x-msmetafile"),
    row("image/vnd.djvu", "a DjVu document", "djvu djv", "image/x-djvu image/djvu"),
    row("image/vnd.dwg", "a DWG drawing", "dwg", "application/acad image/x-dwg application/x-dwg"),
)
AUDIO = (
    row("audio/mpeg", "an MP3 audio file", "mp3 mp2 mpga",
         "audio/mp3 audio/x-mp3 audio/mpeg3 audio/x-mpeg audio/x-mpeg-3 audio/mpg", inline=True),
    row("audio/wav", "a WAV audio file", "wav wave", "audio/x-wav audio/wave audio/vnd.wave audio/x-pn-wav", inline=True),
    row("audio/flac", "a FLAC audio file", "flac", "audio/x-flac application/x-flac", inline=True),
    row("audio/ogg", "an Ogg audio file", "ogg oga opus spx",
         "application/ogg application/x-ogg audio/x-ogg audio/vorbis audio/opus audio/x-vorbis+ogg audio/x-opus+ogg",
         group="ogg", inline=True),
    row("audio/mp4", "an MP4 audio file", "m4a m4b m4p m4r", "audio/m4a audio/x-m4a audio/mp4a-latm audio/x-mp4 audio/x-m4b",
         group="iso media", inline=True),
    row("audio/aac", "an AAC audio file", "aac adts", "audio/x-aac audio/aacp audio/x-hx-aac-adts", inline=True),
    row("audio/webm", "a WebM audio file", "weba", group="matroska", inline=True),
)
VIDEO = (
    row("video/mp4", "an MP4 video", "mp4 m4v mp4v", "video/x-m4v application/mp4 video/mpeg4", group="iso media", inline=True),
    row("video/quicktime", "a QuickTime video", "mov qt", "video/x-quicktime", group="iso media", inline=True),
    row("video/webm", "a WebM video", "webm", "video/x-webm", group="matroska", inline=True),
    row("video/x-matroska", "a Matroska video", "mkv mk3d", "video/matroska video/mkv application/x-matroska"
         " video/x-matroska-3d", group="matroska", inline=True),
    row("video/x-msvideo", "an AVI video", "avi",
         "video/avi video/msvideo video/vnd.avi video/vnd.divx video/divx application/x-troff-msvideo"),
    row("video/ogg", "an Ogg video", "ogv", "video/x-ogg video/x-theora+ogg", beside="application/ogg application/x-ogg",
         group="ogg", inline=True),
)
OTHER_MEDIA = (
    row("video/3gpp", "a 3GP video", "3gp 3gpp", "video/3gp", group="iso media", inline=True),
    row("video/3gpp2", "a 3G2 video", "3g2 3gp2", "video/3g2", group="iso media", inline=True),
    row("audio/3gpp", "a 3GP audio file", "3ga", "audio/3ga", group="iso media", inline=True),
    row("audio/3gpp2", "a 3G2 audio file", "", group="iso media", inline=True),
    row("video/mpeg", "an MPEG video", "mpg mpeg mpe m1v m2v vob", "video/mpg video/x-mpeg video/x-mpeg2 video/mp2p"),
    # Without `ts`, which is TypeScript at least as often.
    row("video/mp2t", "an MPEG transport stream", "m2ts mts m2t", "video/vnd.dlna.mpeg-tts video/m2ts"),
    row("video/x-flv", "a Flash video", "flv", "video/flv application/x-flash-video"),
    row("video/x-ms-wmv", "a Windows Media video", "wmv", group="asf"),
    row("video/x-ms-asf", "a Windows Media file", "asf", "application/vnd.ms-asf video/x-ms-asf-plugin", group="asf"),
    row("audio/x-ms-wma", "a Windows Media audio file", "wma", group="asf"),
    row("audio/x-matroska", "a Matroska audio file", "mka", "audio/matroska", group="matroska", inline=True),
    row("audio/amr", "an AMR audio file", "amr", "audio/amr-nb", group="amr"),
    row("audio/amr-wb", "an AMR audio file", "awb", group="amr"),
    row("audio/aiff", "an AIFF audio file", "aif aiff aifc", "audio/x-aiff sound/aiff audio/x-aifc", inline=True),
    row("audio/basic", "an AU audio file", "au snd", "audio/x-au audio/au"),
    row("audio/midi", "a MIDI file", "mid midi kar", "audio/x-midi audio/mid audio/x-mid application/x-midi"),
    row("audio/x-caf", "a CAF audio file", "caf"),
)
FONTS = (
    row("font/ttf", "a TrueType font", "ttf", "application/x-font-ttf application/x-font-truetype font/sfnt"
         " application/font-sfnt", group="font"),
    row("font/otf", "an OpenType font", "otf", "application/x-font-otf application/x-font-opentype"
         " application/vnd.ms-opentype", group="font"),
    row("font/collection", "a font collection", "ttc otc", "application/x-font-ttc"),
    row("font/woff", "a WOFF font", "woff", "application/font-woff application/x-font-woff"),
    row("font/woff2", "a WOFF2 font", "woff2", "application/font-woff2 application/x-font-woff2"),
    row("application/vnd.ms-fontobject", "an EOT font", "eot"),
    row("font/x-svg-opentype", "a font with SVG, which may contain scripts", ""),
)
# fmt: on
