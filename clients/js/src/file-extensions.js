/**
 * The content type of each extension.
 * Generated from functions/domain/file_types.py by `make generate`.
 */

/** Each line is a content type and its extensions. */
const EXTENSIONS = `
application/dicom dcm dicom
application/epub+zip epub
application/fits fit fits
application/gzip gz gzip tgz
application/hta hta
application/java-archive jar
application/java-vm class
application/json json map webmanifest
application/mbox mbox
application/msix appx msix
application/msword doc dot
application/onenote one
application/oxps oxps
application/pdf pdf
application/postscript eps ps
application/rtf rtf
application/sql sql
application/toml toml
application/vnd.android.package-archive apk
application/vnd.apache.arrow.file arrow feather
application/vnd.apache.avro avro
application/vnd.apache.orc orc
application/vnd.apache.parquet parquet
application/vnd.apple.keynote keynote
application/vnd.apple.numbers numbers
application/vnd.apple.pages pages
application/vnd.debian.binary-package deb udeb
application/vnd.google-earth.kmz kmz
application/vnd.microsoft.portable-executable dll exe
application/vnd.ms-access accdb mdb
application/vnd.ms-cab-compressed cab
application/vnd.ms-excel xla xls xlt
application/vnd.ms-excel.addin.macroenabled.12 xlam
application/vnd.ms-excel.sheet.binary.macroenabled.12 xlsb
application/vnd.ms-excel.sheet.macroenabled.12 xlsm
application/vnd.ms-excel.template.macroenabled.12 xltm
application/vnd.ms-fontobject eot
application/vnd.ms-htmlhelp chm
application/vnd.ms-outlook msg
application/vnd.ms-powerpoint pot pps ppt
application/vnd.ms-powerpoint.addin.macroenabled.12 ppam
application/vnd.ms-powerpoint.presentation.macroenabled.12 pptm
application/vnd.ms-powerpoint.slideshow.macroenabled.12 ppsm
application/vnd.ms-powerpoint.template.macroenabled.12 potm
application/vnd.ms-visio.drawing vsdx
application/vnd.ms-word.document.macroenabled.12 docm
application/vnd.ms-word.template.macroenabled.12 dotm
application/vnd.ms-xpsdocument xps
application/vnd.oasis.opendocument.graphics odg
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.presentation-template otp
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.spreadsheet-template ots
application/vnd.oasis.opendocument.text odt
application/vnd.oasis.opendocument.text-template ott
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.presentationml.slideshow ppsx
application/vnd.openxmlformats-officedocument.presentationml.template potx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.spreadsheetml.template xltx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.openxmlformats-officedocument.wordprocessingml.template dotx
application/vnd.rar rar
application/vnd.sqlite3 sqlite sqlite3
application/vnd.tcpdump.pcap cap pcap pcapng
application/vnd.visio vsd
application/wasm wasm
application/x-7z-compressed 7z
application/x-archive a ar
application/x-bplist plist
application/x-bzip2 bz2 tbz tbz2
application/x-chrome-extension crx
application/x-compress z
application/x-desktop desktop
application/x-dex dex
application/x-elf elf so
application/x-hdf5 h5 hdf5 he5
application/x-lz4 lz4
application/x-lzip lz
application/x-lzma lzma
application/x-mach-binary dylib
application/x-mobipocket-ebook azw azw3 mobi prc
application/x-ms-scf scf
application/x-ms-shortcut lnk
application/x-msi msi msp
application/x-mspublisher pub
application/x-mswinurl url
application/x-ndjson jsonl ndjson
application/x-npy npy
application/x-rpm rpm
application/x-shockwave-flash swf
application/x-tar tar
application/x-xar pkg xar
application/x-xz txz xz
application/xml xml xsd
application/yaml yaml yml
application/zip zip
application/zstd tzst zst
audio/3gpp 3ga
audio/aac aac adts
audio/aiff aif aifc aiff
audio/amr amr
audio/amr-wb awb
audio/basic au snd
audio/flac flac
audio/midi kar mid midi
audio/mp4 m4a m4b m4p m4r
audio/mpeg mp2 mp3 mpga
audio/ogg oga ogg opus spx
audio/wav wav wave
audio/webm weba
audio/x-caf caf
audio/x-matroska mka
audio/x-ms-wma wma
font/collection otc ttc
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/avif avif avifs
image/bmp bmp dib
image/emf emf
image/gif gif
image/heic heic heics heif heifs hif
image/jp2 j2k jp2 jpf jpx
image/jpeg jfif jpe jpeg jpg
image/jxl jxl
image/png apng png
image/svg+xml svg
image/tiff tif tiff
image/vnd.adobe.photoshop psb psd
image/vnd.djvu djv djvu
image/vnd.dwg dwg
image/vnd.microsoft.icon ico
image/webp webp
image/wmf wmf
message/rfc822 eml
model/3mf 3mf
model/gltf-binary glb
multipart/related mht mhtml
text/calendar ical ics ifb
text/csv csv
text/html htm html xht xhtml
text/javascript cjs js mjs
text/markdown markdown md mdown mkd
text/plain log text txt
text/tab-separated-values tab tsv
text/vcard vcard vcf
text/x-ms-regedit reg
text/x-script sh
video/3gpp 3gp 3gpp
video/3gpp2 3g2 3gp2
video/mp2t m2t m2ts mts
video/mp4 m4v mp4 mp4v
video/mpeg m1v m2v mpe mpeg mpg vob
video/ogg ogv
video/quicktime mov qt
video/webm webm
video/x-flv flv
video/x-matroska mk3d mkv
video/x-ms-asf asf
video/x-ms-wmv wmv
video/x-msvideo avi
`;

/** @type {ReadonlyMap<string, string>} */
export const BY_EXTENSION = new Map(
  EXTENSIONS.trim()
    .split("\n")
    .flatMap((line) => {
      const [type = "", ...extensions] = line.split(" ");
      return extensions.map((extension) => /** @type {const} */ ([extension, type]));
    }),
);
