// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library of ours in a folder of `Sources`, which is the part of the house that it belongs to.
func library(
  _ name: String, in part: String, _ uses: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: uses, path: "Sources/\(part)/\(name)", resources: resources,
    swiftSettings: strict)
}

func program(_ name: String, _ uses: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: uses, path: "Sources/programs/\(name)", swiftSettings: strict)
}

/// The header of a library of Debian's.
func system(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/c/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

func c(_ name: String, _ uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, path: "Sources/c/\(name)")
}

/// Compiled without optimization in half the time, but where the tests themselves compute.
func tests(
  _ name: String, at path: String, of parts: [String]? = nil, _ uses: [Target.Dependency],
  computes: Bool = false, exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: uses, path: path, exclude: exclude, sources: parts,
    resources: resources,
    swiftSettings: strict + (computes ? [] : [.unsafeFlags(["-Onone"])]))
}

func pinned(_ repository: String, _ version: Version) -> Package.Dependency {
  .package(url: "https://github.com/\(repository)", exact: version)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "p2p",
  dependencies: [
    pinned("groue/GRDB.swift", "7.10.0"),
    pinned("apple/swift-argument-parser", "1.8.2"),
    pinned("apple/swift-log", "1.16.2"),
    pinned("swiftlang/swift-subprocess", "1.0.2"),
    pinned("jpsim/Yams", "6.2.2"),
  ],
  targets: [
    // C: the system's libraries, and our kernels.
    system("CLibPNG", "libpng", "libpng-dev"),
    system("CLibJPEG", "libjpeg", "libjpeg62-turbo-dev"),
    system("CZlib", "zlib", "zlib1g-dev"),
    system("CLibDeflate", "libdeflate", "libdeflate-dev"),
    system("CLibCrypto", "libcrypto", "libssl-dev"),
    system("CCurl", "libcurl", "libcurl4-openssl-dev"),
    system("CPangoCairo", "pangocairo", "libpango1.0-dev"),
    .systemLibrary(name: "CGlibc", path: "Sources/c/CGlibc"),
    c("CKernels"),
    c("COpenBLAS"),
    c("CPNG", ["CLibPNG", "CZlib"]),
    c("CJPEG", ["CLibJPEG"]),

    // The engine.
    library("Safetensors", in: "engine", ["Files"]),
    library("Tensors", in: "engine", ["CKernels"]),
    library("Layers", in: "engine", ["Tensors", "EditJobs"]),
    library("StableDiffusion", in: "engine", ["Layers", "Tensors", "Safetensors", "EditJobs"]),
    library("CPUBackend", in: "engine", ["Tensors", "CKernels", "COpenBLAS"]),
    library(
      "PromptToPrompt", in: "engine",
      [
        "StableDiffusion", "Layers", "Tensors", "PromptAlignment", "EditJobs",
        "RunMeasures", "Files",
      ]),

    // Requests, plans, files and the job table.
    library("Files", in: "results", ["CGlibc", "CLibCrypto"]),
    library("EditJobs", in: "request", ["Files"]),
    library("PromptAlignment", in: "request", ["EditJobs", "Files"]),
    library("RunMeasures", in: "results", ["EditJobs", "Files"]),
    library(
      "ResultFiles", in: "results",
      ["RunMeasures", "EditJobs", "Files", "Safetensors", "CLibDeflate"]),
    library(
      "Planner", in: "request", ["PromptAlignment", "ResultFiles", "EditJobs", "Files", yaml]),
    library(
      "JobStore", in: "jobs", ["EditJobs", "Files", database],
      resources: [.embedInCode("schema/migrations")]),
    library("SiblingPrograms", in: "programs", ["Files", subprocess]),
    library("Imaging", in: "results", ["Files", "CPNG", "CJPEG", "CPangoCairo"]),
    library("HubCache", in: "hub", ["Files"]),
    library("ModelHub", in: "hub", ["HubCache", "Files", "CCurl"]),
    library(
      "SweepPages", in: "results",
      [
        "JobStore", "Imaging", "Planner", "PromptAlignment", "ResultFiles", "RunMeasures",
        "EditJobs", "Files",
      ]),
    library(
      "Submissions", in: "jobs",
      [
        "JobStore", "Planner", "PromptAlignment", "Imaging", "SweepPages", "ResultFiles",
        "RunMeasures", "HubCache", "SiblingPrograms", "EditJobs", "Files", subprocess,
      ]),

    // What people and services run.
    program(
      "p2p",
      [
        "Submissions", "JobStore", "Planner", "PromptAlignment", "Imaging", "SweepPages",
        "ResultFiles", "RunMeasures", "SiblingPrograms", "Safetensors", "EditJobs", "Files",
        "HubCache", "ModelHub", arguments, subprocess,
      ]),
    program(
      "p2pd",
      [
        "JobStore", "Planner", "SweepPages", "ResultFiles", "SiblingPrograms", "EditJobs", "Files",
        arguments, logging, subprocess,
      ]),
    program(
      "p2p-worker",
      [
        "PromptToPrompt", "StableDiffusion", "Layers", "Tensors", "Safetensors", "CPUBackend",
        "PromptAlignment", "Imaging", "ResultFiles", "RunMeasures", "EditJobs", "Files", "HubCache",
        arguments,
      ]),

    // What tests share: random numbers with a seed, and a clock.
    .target(name: "TestInstruments", path: "Tests/TestInstruments", swiftSettings: strict),
    tests(
      "EngineTests", at: "Tests/engine",
      [
        "PromptToPrompt", "StableDiffusion", "Layers", "Tensors", "Safetensors", "CPUBackend",
        "CKernels", "PromptAlignment", "EditJobs", "ResultFiles", "RunMeasures", "Files",
        "TestInstruments",
      ], computes: true, resources: [.copy("Fixtures")]),
    tests(
      "JobTests", at: "Tests", of: ["request", "jobs", "results"],
      [
        "JobStore", "Planner", "PromptAlignment", "ResultFiles", "Imaging", "SweepPages",
        "Safetensors", "RunMeasures", "EditJobs", "Files", database, "TestInstruments",
      ], exclude: ["engine", "hub", "programs", "Fuzz", "Shim", "TestInstruments"],
      resources: [.copy("Fixtures")]),
    tests("HubTests", at: "Tests/hub", ["ModelHub", "HubCache", "EditJobs", "Files"]),
    tests(
      "ProgramTests", at: "Tests/programs",
      [
        "JobStore", "Planner", "EditJobs", "Files", "ResultFiles", "RunMeasures", "Imaging",
        "Safetensors",
        "TestInstruments",
      ],
      exclude: ["pinned/pinned-hashes.txt"]),
  ])

// `script/test TARGET` builds one test target alone: nothing else is compiled into its program.
if let wanted = Context.environment["P2P_TESTS"] {
  package.targets.removeAll { $0.type == .test && $0.name != wanted }
}
