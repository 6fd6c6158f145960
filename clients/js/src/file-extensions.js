/**
 * The content type of each extension.
 * Generated from functions/domain/file_types.py by `make generate`.
 */

/** Below each type, a line for each subtype and its extensions. */
const EXTENSIONS = `
application
dicom dcm dicom
epub+zip epub
fits fit fits
gzip gz gzip tgz
hta hta
java-archive jar
java-vm class
json json map webmanifest
mbox mbox
msix appx msix
msword doc dot
onenote one
oxps oxps
pdf pdf
postscript eps ps
rtf rtf
sql sql
toml toml
vnd.android.package-archive apk
vnd.apache.arrow.file arrow feather
vnd.apache.avro avro
vnd.apache.orc orc
vnd.apache.parquet parquet
vnd.apple.keynote keynote
vnd.apple.numbers numbers
vnd.apple.pages pages
vnd.debian.binary-package deb udeb
vnd.google-earth.kmz kmz
vnd.microsoft.portable-executable dll exe
vnd.ms-access accdb mdb
vnd.ms-cab-compressed cab
vnd.ms-excel xla xls xlt
vnd.ms-excel.addin.macroenabled.12 xlam
vnd.ms-excel.sheet.binary.macroenabled.12 xlsb
vnd.ms-excel.sheet.macroenabled.12 xlsm
vnd.ms-excel.template.macroenabled.12 xltm
vnd.ms-fontobject eot
vnd.ms-htmlhelp chm
vnd.ms-outlook msg
vnd.ms-powerpoint pot pps ppt
vnd.ms-powerpoint.addin.macroenabled.12 ppam
vnd.ms-powerpoint.presentation.macroenabled.12 pptm
vnd.ms-powerpoint.slideshow.macroenabled.12 ppsm
vnd.ms-powerpoint.template.macroenabled.12 potm
vnd.ms-visio.drawing vsdx
vnd.ms-word.document.macroenabled.12 docm
vnd.ms-word.template.macroenabled.12 dotm
vnd.ms-xpsdocument xps
vnd.oasis.opendocument.graphics odg
vnd.oasis.opendocument.presentation odp
vnd.oasis.opendocument.presentation-template otp
vnd.oasis.opendocument.spreadsheet ods
vnd.oasis.opendocument.spreadsheet-template ots
vnd.oasis.opendocument.text odt
vnd.oasis.opendocument.text-template ott
vnd.openxmlformats-officedocument.presentationml.presentation pptx
vnd.openxmlformats-officedocument.presentationml.slideshow ppsx
vnd.openxmlformats-officedocument.presentationml.template potx
vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
vnd.openxmlformats-officedocument.spreadsheetml.template xltx
vnd.openxmlformats-officedocument.wordprocessingml.document docx
vnd.openxmlformats-officedocument.wordprocessingml.template dotx
vnd.rar rar
vnd.sqlite3 sqlite sqlite3
vnd.tcpdump.pcap cap pcap pcapng
vnd.visio vsd
wasm wasm
x-7z-compressed 7z
x-archive a ar
x-bplist plist
x-bzip2 bz2 tbz tbz2
x-chrome-extension crx
x-compress z
x-desktop desktop
x-dex dex
x-elf elf so
x-hdf5 h5 hdf5 he5
x-lz4 lz4
x-lzip lz
x-lzma lzma
x-mach-binary dylib
x-mobipocket-ebook azw azw3 mobi prc
x-ms-scf scf
x-ms-shortcut lnk
x-msi msi msp
x-mspublisher pub
x-mswinurl url
x-ndjson jsonl ndjson
x-npy npy
x-rpm rpm
x-shockwave-flash swf
x-tar tar
x-xar pkg xar
x-xz txz xz
xml xml xsd
yaml yaml yml
zip zip
zstd tzst zst

audio
3gpp 3ga
aac aac adts
aiff aif aifc aiff
amr amr
amr-wb awb
basic au snd
flac flac
midi kar mid midi
mp4 m4a m4b m4p m4r
mpeg mp2 mp3 mpga
ogg oga ogg opus spx
wav wav wave
webm weba
x-caf caf
x-matroska mka
x-ms-wma wma

font
collection otc ttc
otf otf
ttf ttf
woff woff
woff2 woff2

image
avif avif avifs
bmp bmp dib
emf emf
gif gif
heic heic heics heif heifs hif
jp2 j2k jp2 jpf jpx
jpeg jfif jpe jpeg jpg
jxl jxl
png apng png
svg+xml svg
tiff tif tiff
vnd.adobe.photoshop psb psd
vnd.djvu djv djvu
vnd.dwg dwg
vnd.microsoft.icon ico
webp webp
wmf wmf

message
rfc822 eml

model
3mf 3mf
gltf-binary glb

multipart
related mht mhtml

text
calendar ical ics ifb
csv csv
html htm html xht xhtml
javascript cjs js mjs
markdown markdown md mdown mkd
plain log text txt
tab-separated-values tab tsv
vcard vcard vcf
x-ms-regedit reg
x-script sh

video
3gpp 3gp 3gpp
3gpp2 3g2 3gp2
mp2t m2t m2ts mts
mp4 m4v mp4 mp4v
mpeg m1v m2v mpe mpeg mpg vob
ogg ogv
quicktime mov qt
webm webm
x-flv flv
x-matroska mk3d mkv
x-ms-asf asf
x-ms-wmv wmv
x-msvideo avi

`;

/** @type {ReadonlyMap<string, string>} */
export const BY_EXTENSION = new Map(
  EXTENSIONS.split("\n\n").flatMap((group) => {
    const [type = "", ...lines] = group.trim().split("\n");
    return lines.flatMap((line) => {
      const [subtype = "", ...extensions] = line.split(" ");
      return extensions.map((extension) => /** @type {const} */ ([extension, `${type}/${subtype}`]));
    });
  }),
);
