package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SecretTest {

  @Test
  void nothingOfASecretIsPrinted() {
    assertEquals("Secret(3 B)", Secret.copyOf(new byte[] {11, 22, 33}).toString());
    Signing.Pair pair = new BouncySigning().pair(Secret.copyOf(new byte[32]));
    assertEquals("Pair[seed=Secret(32 B), publicKey=" + pair.publicKey() + "]", pair.toString());
  }

  @Test
  void secretIsACopyOfWhatItWasMadeFrom() {
    byte[] mine = {1, 2, 3, 4};
    Secret whole = Secret.copyOf(mine);
    Secret middle = Secret.copyOf(mine, 1, 2);
    mine[1] = 99;
    assertArrayEquals(new byte[] {1, 2, 3, 4}, whole.exposeCopy());
    assertArrayEquals(new byte[] {2, 3}, middle.exposeCopy());
    whole.exposeCopy()[0] = 99;
    assertEquals(1, whole.exposeCopy()[0]);
    assertEquals(4, whole.length());
  }

  @Test
  void rangeOutsideItsArrayIsRefused() {
    byte[] mine = {1, 2, 3, 4};
    assertThrows(IndexOutOfBoundsException.class, () -> Secret.copyOf(mine, 2, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> Secret.copyOf(mine, -1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Secret.copyOf(mine, 5, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> Secret.copyOf(mine, 2, -1));
  }

  @Test
  void takingWipesTheCallersArray() {
    byte[] mine = {1, 2, 3};
    Secret secret = Secret.take(mine);
    assertArrayEquals(new byte[3], mine);
    assertArrayEquals(new byte[] {1, 2, 3}, secret.exposeCopy());
  }

  @Test
  void destroyedSecretIsWipedAndCannotBeUsed() {
    Secret secret = Secret.copyOf(new byte[] {1, 2, 3});
    AtomicReference<byte[]> lent = new AtomicReference<>();
    secret.use(
        bytes -> {
          lent.set(bytes);
          return bytes.length;
        });
    secret.close();
    assertArrayEquals(new byte[3], lent.get());
    assertThrows(IllegalStateException.class, () -> secret.use(bytes -> bytes.length));
    assertThrows(IllegalStateException.class, secret::exposeCopy);
    secret.destroy();
    assertEquals("Secret(3 B)", secret.toString());
  }

  @Test
  void destroyedSecretEqualsNothingButItself() {
    Secret destroyed = Secret.copyOf(new byte[] {1, 2, 3});
    destroyed.destroy();
    Secret other = Secret.copyOf(new byte[] {4, 5, 6});
    other.destroy();
    assertNotEquals(Secret.copyOf(new byte[3]), destroyed);
    assertNotEquals(destroyed, Secret.copyOf(new byte[3]));
    assertNotEquals(destroyed, other);
    assertEquals(destroyed, destroyed);
  }

  @Test
  void secretsAreEqualByContent() {
    Secret one = Secret.copyOf(new byte[] {1, 2, 3});
    assertEquals(one, Secret.copyOf(new byte[] {1, 2, 3}));
    assertEquals(one.hashCode(), Secret.copyOf(new byte[] {1, 2, 3}).hashCode());
    assertEquals(one.hashCode(), Secret.copyOf(new byte[] {7, 8, 9}).hashCode());
    assertNotEquals(one, Secret.copyOf(new byte[] {1, 2, 4}));
    assertNotEquals(one, Secret.copyOf(new byte[] {0, 2, 3}));
    assertNotEquals(one, Secret.copyOf(new byte[] {1, 2}));
    assertNotEquals(one, Secret.copyOf(new byte[] {1, 2, 3, 0}));
    assertNotEquals(one, new byte[] {1, 2, 3});
  }
}
