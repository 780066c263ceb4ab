package dev.waxwing.evil;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A line of the table of what an evil relay may try. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Case {
  /** Its number. */
  String id();

  /** What the relay does. */
  String relay();

  /** What the peer must make of it. */
  String peer();
}
