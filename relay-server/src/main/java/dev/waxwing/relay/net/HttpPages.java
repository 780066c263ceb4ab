package dev.waxwing.relay.net;

import dev.waxwing.relay.core.HubStatus;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Supplier;

/**
 * The plain pages of the port: {@code /healthz}, {@code /metrics}, and a problem document (RFC
 * 9457) for everything else. Every answer ends its connection.
 */
public final class HttpPages {
  private final Supplier<HubStatus> status;
  private final Supplier<String> metrics;
  private final boolean openMetrics;

  /**
   * Pages over snapshots.
   *
   * @param openMetrics whether others than this machine may read the metrics
   */
  public HttpPages(Supplier<HubStatus> status, Supplier<String> metrics, boolean openMetrics) {
    this.status = status;
    this.metrics = metrics;
    this.openMetrics = openMetrics;
  }

  void serve(HttpServerRequest request) {
    boolean reading =
        HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
    switch (request.path() == null ? "" : request.path()) {
      case "/healthz" -> {
        if (reading) {
          health(request);
        } else {
          problem(request, 405, "only GET and HEAD");
        }
      }
      case "/metrics" -> {
        if (!reading) {
          problem(request, 405, "only GET and HEAD");
        } else if (openMetrics || local(request)) {
          answer(
              request,
              200,
              "application/openmetrics-text; version=1.0.0; charset=utf-8",
              metrics.get());
        } else {
          problem(request, 404, "nothing is here");
        }
      }
      default -> problem(request, 404, "nothing is here");
    }
  }

  /** Answers with a problem document. */
  void problem(HttpServerRequest request, int code, String detail) {
    answer(
        request,
        code,
        "application/problem+json",
        "{\"type\":\"about:blank\",\"status\":" + code + ",\"title\":\"" + detail + "\"}\n");
  }

  private void health(HttpServerRequest request) {
    HubStatus.State state = status.get().state();
    boolean well = state == HubStatus.State.RUNNING;
    answer(
        request,
        well ? 200 : 503,
        "text/plain; charset=utf-8",
        (well ? "ok" : state.name().toLowerCase(java.util.Locale.ROOT)) + "\n");
  }

  private static void answer(HttpServerRequest request, int code, String type, String text) {
    HttpServerResponse response = request.response();
    response
        .setStatusCode(code)
        .putHeader("Content-Type", type)
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Connection", "close");
    (HttpMethod.HEAD.equals(request.method()) ? response.end() : response.end(text))
        .onComplete(done -> request.connection().close());
  }

  private static boolean local(HttpServerRequest request) {
    try {
      String host = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
      return host != null && !host.isEmpty() && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
