// swift-tools-version: 6.2
// The readers of foreign bytes under libFuzzer and AddressSanitizer. `script/fuzz` builds it beside
// links to the sources; the product's own build does not see it.
import PackageDescription

let watched = ["-sanitize=fuzzer,address", "-parse-as-library"]
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"), .unsafeFlags(watched),
]
let c: [CSetting] = [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]

func library(_ name: String, in part: String, _ uses: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: uses, path: "Sources/\(part)/\(name)", swiftSettings: settings)
}

let package = Package(
  name: "fuzz",
  targets: [
    .systemLibrary(name: "CLibPNG", path: "Sources/c/CLibPNG", pkgConfig: "libpng"),
    .systemLibrary(name: "CLibJPEG", path: "Sources/c/CLibJPEG", pkgConfig: "libjpeg"),
    .systemLibrary(name: "CZlib", path: "Sources/c/CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CPangoCairo", path: "Sources/c/CPangoCairo", pkgConfig: "pangocairo"),
    .target(name: "CKernels", path: "Sources/c/CKernels", cSettings: c),
    .target(
      name: "CPNG", dependencies: ["CLibPNG", "CZlib"], path: "Sources/c/CPNG", cSettings: c),
    .target(name: "CJPEG", dependencies: ["CLibJPEG"], path: "Sources/c/CJPEG", cSettings: c),
    library("Safetensors", in: "engine", ["Files"]),
    library("Tensors", in: "engine", ["CKernels"]),
    .systemLibrary(name: "CLibCrypto", path: "Sources/c/CLibCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CGlibc", path: "Sources/c/CGlibc"),
    library("Files", in: "results", ["CGlibc", "CLibCrypto"]),
    library(
      "EditJobs", in: "request", ["Files"]),
    library("Layers", in: "engine", ["Tensors", "EditJobs"]),
    library("StableDiffusion", in: "engine", ["Layers", "Tensors", "Safetensors", "EditJobs"]),
    library("PromptAlignment", in: "request", ["EditJobs", "Files"]),
    library("Imaging", in: "results", ["Files", "CPNG", "CJPEG", "CPangoCairo"]),
    // SwiftPM names the program's entry itself, so libFuzzer's own main is not the one.
    .target(name: "FuzzMain", path: "Main"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "FuzzMain", "CKernels", "Safetensors", "StableDiffusion", "Tensors", "PromptAlignment",
        "EditJobs", "Files", "Imaging",
      ],
      path: "Targets", swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]),
  ])
