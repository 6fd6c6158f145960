"""Archives, data, and programs and other active files."""

from functions.domain.file_type import row

_ZIP = "application/zip"

# fmt: off
ARCHIVES = (
    row("application/zip", "a ZIP archive", "zip",
         "application/x-zip application/x-zip-compressed application/zip-compressed multipart/x-zip",
         beside="application/x-compressed application/x-compress"),
    row("application/gzip", "a GZIP archive", "gz tgz gzip",
         "application/x-gzip application/x-gunzip application/gzipped application/x-compressed-tar application/x-tgz"
         " application/x-gtar-compressed", beside="application/x-tar application/x-compressed application/x-compress"),
    row("application/x-bzip2", "a BZIP2 archive", "bz2 tbz2 tbz",
         "application/x-bzip application/bzip2 application/x-bzip-compressed-tar application/x-bzip2-compressed-tar",
         beside="application/x-tar application/x-compressed"),
    row("application/x-xz", "an XZ archive", "xz txz", "application/xz application/x-xz-compressed-tar",
         beside="application/x-tar application/x-compressed"),
    row("application/zstd", "a Zstandard archive", "zst tzst", "application/x-zstd application/x-zstd-compressed-tar",
         beside="application/x-tar application/x-compressed"),
    row("application/x-7z-compressed", "a 7z archive", "7z", "application/7z application/x-7zip application/x-7z",
         beside="application/x-compressed"),
    row("application/x-tar", "a TAR archive", "tar", "application/tar application/x-gtar application/x-ustar"),
    row("application/vnd.rar", "a RAR archive", "rar",
         "application/x-rar-compressed application/x-rar application/rar application/vnd.comicbook-rar",
         beside="application/x-compressed"),
)
OTHER_ARCHIVES = (
    row("application/x-lz4", "an LZ4 archive", "lz4"),
    row("application/x-lzip", "an LZIP archive", "lz", "application/lzip"),
    row("application/x-lzma", "an LZMA archive", "lzma", "application/lzma"),
    row("application/x-compress", "a compressed file", "z", "application/x-compressed-unix"),
    row("application/vnd.ms-cab-compressed", "a CAB archive", "cab", "application/x-cab application/cab"),
    row("application/x-archive", "an AR archive", "ar a", "application/x-unix-archive"),
)
DATA = (
    row("application/vnd.apache.parquet", "a Parquet file", "parquet", "application/parquet application/x-parquet"),
    row("application/vnd.sqlite3", "an SQLite database", "sqlite sqlite3",
         "application/x-sqlite3 application/vnd.sqlite application/x-sqlite"),
)
OTHER_DATA = (
    row("application/vnd.apache.avro", "an Avro file", "avro", "application/avro avro/binary"),
    row("application/vnd.apache.arrow.file", "an Arrow file", "arrow feather"),
    row("application/vnd.apache.orc", "an ORC file", "orc", "application/orc application/x-orc"),
    row("application/x-hdf5", "an HDF5 file", "h5 hdf5 he5", "application/x-hdf application/vnd.hdfgroup.hdf5"),
    row("application/x-npy", "a NumPy array", "npy", "application/x-numpy"),
    row("application/dicom", "a DICOM image", "dcm dicom", "application/x-dicom image/dicom"),
    row("application/fits", "a FITS file", "fits fit", "image/fits"),
    row("application/vnd.ms-access", "an Access database", "mdb accdb",
         "application/msaccess application/x-msaccess application/x-mdb"),
    row("application/vnd.tcpdump.pcap", "a packet capture", "pcap pcapng cap", "application/x-pcap application/x-pcapng"),
    row("application/x-bplist", "a property list", "plist", "application/x-plist"),
    row("application/vnd.google-earth.kmz", "a KMZ file", "kmz", beside=_ZIP),
    row("model/gltf-binary", "a glTF model", "glb"),
    row("model/3mf", "a 3MF model", "3mf", "application/vnd.ms-package.3dmanufacturing-3dmodel+xml", beside=_ZIP),
)
PROGRAMS = (
    row("application/java-archive", "a Java archive", "jar", "application/x-java-archive application/x-jar"),
    row("application/java-vm", "a Java class", "class", "application/x-java-vm application/x-java"),
    row("application/wasm", "a WebAssembly module", "wasm"),
    row("application/vnd.microsoft.portable-executable", "a Windows program", "exe dll",
         "application/x-msdownload application/x-msdos-program application/x-dosexec application/exe"),
    row("application/x-elf", "a Linux program", "elf so", "application/x-executable application/x-sharedlib"),
    row("application/x-mach-binary", "a macOS program", "dylib"),
)
ACTIVE = (
    row("application/vnd.android.package-archive", "an Android app", "apk"),
    row("application/msix", "a Windows app", "msix appx", "application/appx application/vnd.ms-appx"),
    row("application/x-dex", "an Android program", "dex"),
    row("application/x-msi", "a Windows installer", "msi msp", "application/x-ms-installer application/x-windows-installer"),
    row("application/vnd.debian.binary-package", "a Debian package", "deb udeb", "application/x-debian-package"
         " application/x-deb"),
    row("application/x-rpm", "an RPM package", "rpm", "application/x-redhat-package-manager"),
    row("application/x-xar", "a macOS installer", "pkg xar", "application/vnd.apple.installer+xml"),
    row("application/x-chrome-extension", "a browser extension", "crx"),
    row("application/x-shockwave-flash", "a Flash program", "swf", "application/vnd.adobe.flash.movie"),
    row("application/vnd.ms-htmlhelp", "a Windows help file", "chm", "application/x-chm"),
    row("application/x-ms-shortcut", "a Windows shortcut", "lnk", "application/x-win-lnk"),
    row("application/x-mswinurl", "an internet shortcut", "url", "application/internet-shortcut application/x-url"
         " text/x-uri"),
    row("application/x-ms-scf", "a Windows shell command", "scf"),
    row("application/x-desktop", "a desktop shortcut", "desktop", "application/x-gnome-app-info"),
    row("text/x-ms-regedit", "a Windows registry file", "reg"),
    row("application/hta", "an HTML application", "hta"),
)
# fmt: on
