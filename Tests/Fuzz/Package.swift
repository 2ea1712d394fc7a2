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

func library(_ name: String, _ uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: settings)
}

let package = Package(
  name: "fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2")
  ],
  targets: [
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng"),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CPangoCairo", pkgConfig: "pangocairo"),
    .target(name: "CKernels", cSettings: c),
    .target(name: "CPNG", dependencies: ["CLibPNG", "CZlib"], cSettings: c),
    .target(name: "CJPEG", dependencies: ["CLibJPEG"], cSettings: c),
    library("Safetensors"),
    library("Tensors", ["CKernels"]),
    library("Layers", ["Tensors"]),
    library("StableDiffusion", ["Layers", "Tensors", "Safetensors"]),
    library("EditJobs", [.product(name: "Crypto", package: "swift-crypto")]),
    library("PromptAlignment", ["EditJobs"]),
    library("Imaging", ["CPNG", "CJPEG", "CPangoCairo"]),
    // SwiftPM names the program's entry itself, so libFuzzer's own main is not the one.
    .target(name: "FuzzMain", path: "Main"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "FuzzMain", "CKernels", "Safetensors", "StableDiffusion", "Tensors", "PromptAlignment",
        "EditJobs", "Imaging",
      ],
      path: "Targets", swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]),
  ])
