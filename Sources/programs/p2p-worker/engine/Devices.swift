import CPUBackend
import EditJobs
import Files
import Tensors

/// The devices that a worker may compute on. Nothing else of this program names one.
enum Devices {
  /// What this machine has for native numerics, looked for once.
  static let native: NativeSupport = {
    do throws(NativeKernels.Unavailable) { return .kernels(try NativeKernels.open().name) } catch {
      return .missing(error.description)
    }
  }()

  /// Throws what this machine cannot compute.
  ///
  /// That is `numerics-unavailable` where its CPU lacks what portable numerics are made with (without
  /// fused multiply-adds in hardware the same bits would take hours), `dtype-unavailable` where it
  /// lacks the products of the compute type, `native-bf16`, and `native-unavailable` where there is
  /// nothing that native numerics are made with, which is opened here, before there are other threads,
  /// or where there are other kernels than these.
  ///
  /// - Parameter kernels: the native kernels that an order names; `nil` takes those that are there.
  static func check(_ options: EngineOptions, kernels: String? = nil) throws {
    try options.numerics.check(options.compute)
    guard options.compute.products.isAvailable else {
      throw EditError(
        "dtype-unavailable", .unavailable,
        "this CPU has no AVX512-BF16, which \(options.compute.rawValue) needs",
        hint: "a CPU that has it, or --dtype f32 where the edit is asked for")
    }
    if options.numerics == .native {
      if let refusal = native.refusal(of: kernels) { throw refusal }
      return
    }
    guard CPUBackend.hasPortableProducts else {
      throw EditError(
        "numerics-unavailable", .unavailable,
        "this CPU has no AVX2 and FMA, which portable numerics need",
        hint: "a CPU that has them, or --numerics native where the edit is asked for")
    }
  }

  /// The device of a worker, and the promise that its numbers keep; throws `native-unavailable`.
  static func open(
    _ options: EngineOptions
  ) throws(EditError) -> (device: any Device, numerics: Numerics) {
    switch options.numerics {
    case .portable:
      return (
        CPUBackend(threads: options.threads, products: options.compute.products), Numerics()
      )
    case .native:
      let kernels: NativeKernels
      do throws(NativeKernels.Unavailable) { kernels = try NativeKernels.open() } catch {
        throw NativeSupport.unavailable(error.description)
      }
      return (
        CPUBackend(threads: options.threads, native: kernels),
        Numerics(mode: .native, kernels: kernels.name)
      )
    }
  }

  /// A device whose layouts estimates are made with, which computes nothing: portable products.
  static func forEstimates() -> any Device { CPUBackend(threads: 1) }

  /// The devices whose products are measured as what this machine can do, our own first; OpenBLAS's
  /// multiplies float32 in any case.
  static func forPeaks(threads: Int, _ compute: ComputeType) -> [any Device] {
    var devices: [any Device] = []
    if CPUBackend.hasPortableProducts {
      devices.append(CPUBackend(threads: threads, products: compute.products))
    }
    if let kernels = try? NativeKernels.open() {
      devices.append(CPUBackend(threads: threads, native: kernels, wholeCalls: true))
    }
    return devices
  }
}

extension ComputeType {
  /// The products of a device that computes so.
  fileprivate var products: ProductPrecision {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    }
  }
}
