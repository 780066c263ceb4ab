/**
 * A relay that misbehaves by script, and what real peers make of it (THREAT-MODEL.md, sections 1
 * and 3).
 */
package dev.waxwing.evil;
