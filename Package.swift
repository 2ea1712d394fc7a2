// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(
  _ name: String, _ uses: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: uses, resources: resources, swiftSettings: strict)
}

func program(_ name: String, _ uses: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: uses, swiftSettings: strict)
}

/// Compiled without optimization in half the time, but where the tests themselves compute.
func tests(
  _ name: String, _ uses: [Target.Dependency], computes: Bool = false, exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: uses, exclude: exclude, resources: resources,
    swiftSettings: strict + (computes ? [] : [.unsafeFlags(["-Onone"])]))
}

func pinned(_ repository: String, _ version: Version) -> Package.Dependency {
  .package(url: "https://github.com/\(repository)", exact: version)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "p2p",
  dependencies: [
    pinned("groue/GRDB.swift", "7.10.0"),
    pinned("apple/swift-argument-parser", "1.8.2"),
    pinned("apple/swift-log", "1.16.2"),
    pinned("swift-server/swift-service-lifecycle", "2.13.0"),
    pinned("swiftlang/swift-subprocess", "1.0.2"),
    pinned("apple/swift-crypto", "4.5.2"),
    pinned("jpsim/Yams", "6.2.2"),
  ],
  targets: [
    // C: the system's libraries, and our kernels.
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CLibDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .target(name: "CKernels"),
    .target(name: "COpenBLAS"),
    .target(name: "CPNG", dependencies: ["CLibPNG", "CZlib"]),
    .target(name: "CJPEG", dependencies: ["CLibJPEG"]),

    // The engine.
    library("Safetensors"),
    library("Tensors", ["CKernels"]),
    library("Layers", ["Tensors"]),
    library("StableDiffusion", ["Layers", "Tensors", "Safetensors"]),
    library("CPUBackend", ["Tensors", "CKernels", "COpenBLAS"]),
    library(
      "PromptToPrompt",
      [
        "StableDiffusion", "Layers", "Tensors", "Safetensors", "PromptAlignment", "EditJobs",
        "ResultFiles",
      ]),

    // Requests, plans, files and the job table.
    library("EditJobs", [crypto]),
    library("PromptAlignment", ["EditJobs"]),
    library("ResultFiles", ["EditJobs", "Safetensors", "CLibDeflate", crypto]),
    library("Planner", ["PromptAlignment", "ResultFiles", "EditJobs", yaml]),
    library("JobStore", ["EditJobs", database], resources: [.embedInCode("migrations")]),
    library("SiblingPrograms", ["EditJobs", subprocess]),
    library("Imaging", ["CPNG", "CJPEG", "CPangoCairo"]),
    library("HubCache", ["EditJobs", crypto]),
    library("ModelHub", ["HubCache", "EditJobs", "CCurl"]),
    library(
      "SweepPages",
      ["JobStore", "Imaging", "Planner", "PromptAlignment", "ResultFiles", "EditJobs"]),

    // What people and services run.
    program(
      "p2p",
      [
        "JobStore", "Planner", "PromptAlignment", "Imaging", "SweepPages", "ResultFiles",
        "SiblingPrograms", "Safetensors", "EditJobs", "HubCache", "ModelHub", arguments, subprocess,
      ]),
    program(
      "p2pd",
      [
        "JobStore", "Planner", "Imaging", "SweepPages", "ResultFiles", "SiblingPrograms",
        "EditJobs", arguments, logging, lifecycle, signals, subprocess,
      ]),
    program(
      "p2p-worker",
      [
        "PromptToPrompt", "StableDiffusion", "Layers", "Tensors", "Safetensors", "CPUBackend",
        "PromptAlignment", "Imaging", "ResultFiles", "EditJobs", "HubCache", arguments,
      ]),

    tests(
      "EngineTests",
      [
        "PromptToPrompt", "StableDiffusion", "Layers", "Tensors", "Safetensors", "CPUBackend",
        "CKernels", "PromptAlignment", "EditJobs", "ResultFiles",
      ], computes: true, resources: [.copy("Fixtures")]),
    tests(
      "JobTests",
      [
        "JobStore", "Planner", "PromptAlignment", "ResultFiles", "Imaging", "SweepPages",
        "Safetensors", "EditJobs", database,
      ], resources: [.copy("Fixtures")]),
    tests("HubTests", ["ModelHub", "HubCache", "EditJobs", crypto]),
    tests(
      "ProgramTests",
      ["JobStore", "EditJobs", "ResultFiles", "Imaging", "Safetensors", subprocess],
      exclude: ["Pinned/pinned-hashes.txt"]),
  ])
