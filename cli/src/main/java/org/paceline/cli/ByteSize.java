// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes such as {@code 8GiB} the way configuration files do. */
final class ByteSize implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    Config config = ConfigFactory.parseMap(Map.of("size", text));
    try {
      return config.getBytes("size");
    } catch (ConfigException e) {
      throw new TypeConversionException("'" + text + "' is no size, as in 8GiB or 500MB");
    }
  }
}
