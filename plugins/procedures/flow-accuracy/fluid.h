/* SPDX-License-Identifier: Apache-2.0 */
/* From weight to volume: the density of water by temperature, and the buoyancy of air. Pure. */
#ifndef FLUID_H
#define FLUID_H

#include <stdbool.h>

/* Tanaka et al. 2001, 0 to 40 degC, air-free water. */
double fluid_water_g_per_ml(double temperature_c);
/* Millilitres per gram on the display: 1/d, or corrected for buoyancy Z = (1 - 0.0012/8.0) /
 * (d - 0.0012), air of 1.2 kg/m3 and weights of 8.0 g/mL. */
double fluid_ml_per_g(double density_g_per_ml, bool buoyancy);

#endif
