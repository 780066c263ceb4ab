/** What a failing disk does to everything that is kept: every call fails once. */
package dev.waxwing.disk;
