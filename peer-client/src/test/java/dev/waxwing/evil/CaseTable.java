package dev.waxwing.evil;

import java.util.Locale;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Prints each case when it has run, as a row of a Markdown table. */
final class CaseTable implements AfterTestExecutionCallback {
  @Override
  public void afterTestExecution(ExtensionContext context) {
    Case row = context.getRequiredTestMethod().getAnnotation(Case.class);
    if (row != null) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s |%n",
          row.id(),
          row.relay(),
          row.peer(),
          context.getExecutionException().isPresent() ? "FAILED" : "held");
    }
  }
}
