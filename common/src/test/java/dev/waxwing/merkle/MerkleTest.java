package dev.waxwing.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.Vectors;
import dev.waxwing.wire.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTest {
  /** Leaves and roots of the reference tree of certificate transparency (RFC 6962 section 2.1). */
  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  @Test
  void rootAfterEveryAppendIsTheReferenceTrees() {
    MerkleTree tree = new MerkleTree();
    assertEquals(Bytes.fromHex(ROOTS.get(0)), tree.root());
    for (int leaf = 0; leaf < LEAVES.size(); leaf++) {
      tree.append(LeafHash.of(Bytes.fromHex(LEAVES.get(leaf)).toArray()));
      assertEquals(Bytes.fromHex(ROOTS.get(leaf + 1)), tree.root(), "after leaf " + leaf);
      assertEquals(leaf + 1, tree.size());
    }
  }

  @Test
  void rootIsTheOneTheDefinitionGivesForEverySizeUpTo130() {
    MerkleTree tree = new MerkleTree();
    List<Bytes> leaves = new ArrayList<>();
    for (int size = 1; size <= 130; size++) {
      Bytes leaf = LeafHash.of(new byte[] {(byte) size});
      leaves.add(leaf);
      tree.append(leaf);
      assertEquals(byDefinition(leaves), tree.root(), "size " + size);
    }
    assertEquals(tree.root(), MerkleTree.over(leaves).root());
  }

  @Test
  void leafInPiecesHashesAsTheWholeAndTheNextLeafStartsAfresh() {
    byte[] data = new byte[1000];
    data[999] = 7;
    LeafHash hash = new LeafHash();
    assertEquals(LeafHash.of(data), hash.update(data, 0, 300).update(data, 300, 700).finish());
    assertEquals(LeafHash.of(new byte[] {7}), hash.update(data, 999, 1).finish());
  }

  @Test
  void leafIsNeverAnInnerNode() {
    Bytes one = LeafHash.of(new byte[] {1});
    Bytes two = LeafHash.of(new byte[] {2});
    assertFalse(LeafHash.of(one.concat(two).toArray()).equals(LeafHash.node(one, two)));
  }

  @Test
  void leafHashOfWrongLengthIsRefused() {
    MerkleTree tree = new MerkleTree();
    assertThrows(IllegalArgumentException.class, () -> tree.append(Bytes.fromHex("00")));
    assertEquals(0, tree.size());
  }

  @Test
  void publishedInclusionProofsEndAsTheySay() {
    int wrong = 0;
    List<Path> files = Vectors.jsonFiles("merkle/testdata/inclusion");
    for (Path file : files) {
      JsonNode vector = Vectors.json(file);
      boolean included =
          MerkleProof.includes(
              bytes(vector.get("leafHash")),
              vector.get("leafIdx").asLong(),
              vector.get("treeSize").asLong(),
              path(vector),
              bytes(vector.get("root")));
      assertEquals(!vector.get("wantErr").asBoolean(), included, file.toString());
      wrong += included ? 0 : 1;
    }
    assertEquals(98, files.size());
    assertEquals(92, wrong);
  }

  @Test
  void publishedConsistencyProofsEndAsTheySay() {
    int wrong = 0;
    List<Path> files = Vectors.jsonFiles("merkle/testdata/consistency");
    for (Path file : files) {
      JsonNode vector = Vectors.json(file);
      boolean continued =
          MerkleProof.continues(
              vector.get("size1").asLong(),
              bytes(vector.get("root1")),
              vector.get("size2").asLong(),
              bytes(vector.get("root2")),
              path(vector));
      assertEquals(!vector.get("wantErr").asBoolean(), continued, file.toString());
      wrong += continued ? 0 : 1;
    }
    assertEquals(98, files.size());
    assertEquals(92, wrong);
  }

  @Test
  void leafOfTheReferenceTreeIsIncludedAndItsNeighbourIsNot() {
    List<Bytes> leaves =
        LEAVES.stream().map(leaf -> LeafHash.of(Bytes.fromHex(leaf).toArray())).toList();
    Bytes right = byDefinition(leaves.subList(4, 8));
    List<Bytes> path = List.of(leaves.get(1), LeafHash.node(leaves.get(2), leaves.get(3)), right);
    Bytes root = Bytes.fromHex(ROOTS.get(8));
    assertTrue(MerkleProof.includes(leaves.get(0), 0, 8, path, root));
    assertFalse(MerkleProof.includes(leaves.get(1), 0, 8, path, root));
    assertFalse(MerkleProof.includes(leaves.get(0), 1, 8, path, root));
    assertTrue(MerkleProof.continues(4, Bytes.fromHex(ROOTS.get(4)), 8, root, List.of(right)));
    assertFalse(MerkleProof.continues(4, Bytes.fromHex(ROOTS.get(3)), 8, root, List.of(right)));
  }

  /** RFC 6962 section 2.1, word by word: split at the largest power of two below the size. */
  private static Bytes byDefinition(List<Bytes> leaves) {
    if (leaves.size() == 1) {
      return leaves.get(0);
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    return LeafHash.node(
        byDefinition(leaves.subList(0, split)), byDefinition(leaves.subList(split, leaves.size())));
  }

  private static List<Bytes> path(JsonNode vector) {
    List<Bytes> path = new ArrayList<>();
    if (vector.get("proof") != null) {
      vector.get("proof").forEach(hash -> path.add(bytes(hash)));
    }
    return path;
  }

  private static Bytes bytes(JsonNode base64) {
    return base64.isNull() ? Bytes.EMPTY : Bytes.of(Base64.getDecoder().decode(base64.asText()));
  }
}
