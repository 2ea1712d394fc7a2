import Foundation
import Layers
import StableDiffusion
import Tensors
import Testing

/// The devices' products beside one another, several ways to the same numbers, at every size that the
/// families and the bench have.
@Suite(.serialized) struct SecondOpinionTests {
  /// The largest error that is taken, as a part of the sum of the sizes of what is added up: five times
  /// what rounding that sum takes, whatever the depth, plain or by tiles.
  static let bound: Float = 5 * 0x1p-24

  /// A model at the size of its pictures.
  enum Model: CaseIterable, Sendable, CustomTestStringConvertible {
    case published(PublishedModel)
    case bundled(String)

    static let allCases =
      PublishedModel.allCases.map(Model.published)
      + ["tiny-sd1", "tiny-sd2", "tiny-sdxl", "mini-shapes"].map(Model.bundled)

    var testDescription: String {
      switch self {
      case .published(let model): model.rawValue
      case .bundled(let name): name
      }
    }

    /// Its products at its own size of pictures.
    func samples() throws -> Set<ProductSample> {
      let shapes: Set<ProductShape>
      switch self {
      case .published(let model):
        let folder = try model.folder()
        shapes = try ModelDescription(folder: folder.path)
          .products(height: model.side, width: model.side)
      case .bundled(let name):
        let description = try ModelDescription(folder: EditRig.folder(name))
        let size = description.defaultSize
        shapes = try description.products(height: size.rows, width: size.columns)
      }
      return Set(shapes.map(ProductSample.init))
    }
  }

  /// Each product's first model.
  private static let samples = Result {
    var seen: Set<ProductSample> = []
    return try Model.allCases.map { model in
      let new = try model.samples().subtracting(seen)
      seen.formUnion(new)
      return (model: model.testDescription, samples: new)
    }
  }

  @Test(arguments: PublishedModel.allCases)
  func configsAreThoseThatWerePublished(_ model: PublishedModel) throws {
    let folder = try model.folder()
    let description = try ModelDescription(folder: folder.path)
    #expect(
      try description.estimate(height: 256, width: 256, on: TestedDevice.plan).weightCount
        == model.weightCount)
  }

  /// Every device against float64, product for product.
  @Test func allAreAsNearAsRoundingAllows() throws {
    let all = try Self.samples.get()
    let numbers = SampleNumbers(for: all.reduce(into: []) { $0.formUnion($1.samples) })
    var products = 0
    for tested in TestedDevice.all {
      let (device, bound) = (tested.device(threads: 2), Double(tested.tolerance(Self.bound)))
      var largest: [String: (error: Double, shape: ProductShape)] = [:]
      for (model, samples) in all {
        for sample in samples {
          let error = sample.error(on: device, numbers)
          #expect(error <= bound, "\(tested.name) in \(model): \(sample.shape)")
          let kind = String("\(sample.shape)".prefix { $0 != "(" })
          if error > largest[kind]?.error ?? 0 { largest[kind] = (error, sample.shape) }
          products += 1
        }
      }
      for (kind, worst) in largest.sorted(by: { $0.key < $1.key }) {
        print("\(tested.name): \(kind) is off by \(worst.error) at most, at \(worst.shape)")
      }
    }
    #expect(products > TestedDevice.all.count * 150, "\(products)")
  }
}
